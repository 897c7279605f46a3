"""gradient-penalty: D's slope is held at 1 between reals and fakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts import BalancingStrategy, Batch, Role, Term, TermInput
from ganzoo.plugin import BalancingSpec, StrategyConfig
from ganzoo_balance.penalties import Every, Weight, distance_from_slope_one, interpolated

if TYPE_CHECKING:
    from torch import Tensor


class GradientPenaltyConfig(StrategyConfig):
    """How strongly, and how often."""

    weight: Weight = 10.0
    """Factor on the penalty, lambda in the source."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold."""


def penalty_between(given: TermInput) -> Tensor:
    """(||grad D|| - 1)² at a random point between each real and its fake, as D saw them: [N] in float32."""
    real, fake = given.real.seen, given.fake.seen
    share = given.draws.uniform(1, 1, 1)[: len(real.images)]
    points = interpolated(real.images.detach(), fake.images.detach(), share).requires_grad_()
    return distance_from_slope_one(points, given.judge(Batch(points, real.labels), frozenset()).logits)


class GradientPenalty(BalancingStrategy):
    """Adds lambda x E (||grad D(x')|| - 1)² to D's loss, x' = u x + (1 - u) G(z), u uniform on [0, 1).

    WGAN-GP: with the Wasserstein loss it keeps the critic near 1-Lipschitz, so that its loss is a distance and D may
    be trained further than G (`update-ratio:discriminator=5,generator=1`). With logistic losses R1 is the better
    choice: at the equilibrium a slope of 1 is never at rest. It costs a further forward and a second backward; D
    should have no batch norm.

    Source: Gulrajani et al. 2017, eq. 3 and algorithm 1, lambda 10; that it does not converge on the Dirac-GAN:
    Mescheder et al. 2018, section 3.
    """

    def __init__(self, config: GradientPenaltyConfig) -> None:
        self.config = config

    def terms(self) -> Sequence[Term]:
        """One term of D's."""
        return (
            Term(
                name="gradient_penalty",
                role=Role.DISCRIMINATOR,
                value=penalty_between,
                weight=self.config.weight,
                every=self.config.every,
            ),
        )


SPEC = BalancingSpec(
    name="gradient-penalty",
    summary="WGAN-GP: D's gradient between reals and fakes has norm 1",
    source="Gulrajani et al. 2017, Improved Training of Wasserstein GANs (arXiv 1704.00028), eq. 3",
    config=GradientPenaltyConfig,
    build=GradientPenalty,
)
