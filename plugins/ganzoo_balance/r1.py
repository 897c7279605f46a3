"""r1: D's slope is held down at the real images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts import BalancingStrategy, Origin, Role, Term, TermInput
from ganzoo.plugin import BalancingSpec, StrategyConfig
from ganzoo_balance.penalties import Every, Weight, squared_gradient_norm

if TYPE_CHECKING:
    from torch import Tensor


class R1Config(StrategyConfig):
    """How strongly, and how often."""

    gamma: Weight = 2.0
    """Strength, as the source counts it, with the half: 2 is a weight of 1 on the bare squared norm."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold; 16 in StyleGAN2."""


def half_slope_at_reals(given: TermInput) -> Tensor:
    """||grad D(x)||² / 2 at the reals as drawn: [N] in float32."""
    return 0.5 * squared_gradient_norm(given.real.drawn.images, given.real.judgement.logits)


class R1(BalancingStrategy):
    """Adds gamma/2 x E ||grad D(x)||² over real x to D's loss.

    Where D is sure of its reals the loss asks for ever steeper logits; the penalty makes steepness cost, so that D
    stays flat around the data and G keeps a gradient. Use it first of all where D runs away: it bounds D at the
    cause, where gates only hide it. It costs a second backward. D should have no batch norm
    (`discriminator.norm=none`), which ties the gradient at one image to the others of its batch. The gradient is
    taken at the images as drawn, through whatever augmentation D sees them by.

    Source: Mescheder et al. 2018, eq. 9, who use gamma 10; lazily, every 16th step, Karras et al. 2020 (StyleGAN2),
    section 3.1. The default here is lower, for images of 32 to 64 px.
    """

    def __init__(self, config: R1Config) -> None:
        self.config = config

    def terms(self) -> Sequence[Term]:
        """One term of D's."""
        return (
            Term(
                name="r1",
                role=Role.DISCRIMINATOR,
                value=half_slope_at_reals,
                weight=self.config.gamma,
                every=self.config.every,
                gradients_at=frozenset({Origin.REAL}),
            ),
        )


SPEC = BalancingSpec(
    name="r1",
    summary="Penalty on D's gradient at real images",
    source="Mescheder et al. 2018, Which Training Methods for GANs do actually Converge? (arXiv 1801.04406)",
    config=R1Config,
    build=R1,
)
