"""r2: D's slope is held down at the fakes."""

from __future__ import annotations

from collections.abc import Sequence

from ganzoo.contracts import BalancingStrategy, Origin, Term
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait
from ganzoo_balance.penalties import Every, Weight, slope_penalty


class R2Config(StrategyConfig):
    """How strongly, and how often."""

    gamma: Weight = 2.0
    """Strength, as the source counts it, with the half: 2 is a weight of 1 on the bare squared norm."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold."""


class R2(BalancingStrategy):
    """Adds gamma/2 x E ||grad D(G(z))||² over fakes to D's loss.

    R1's mirror image. Early in training, when fakes are far from the data, R1 says nothing about D around them; R2
    does, and the gradient that G gets is D's gradient there. By itself it is as good as R1 in theory and rarely
    used; `r1r2` has both. Beside `replay` it covers the fresh fakes of a batch only.

    Source: Mescheder et al. 2018, eq. 10; needed beside R1 in Huang et al. 2024 (R3GAN), section 2.
    """

    def __init__(self, config: R2Config) -> None:
        self.config = config

    def terms(self) -> Sequence[Term]:
        """One term of D's."""
        return (slope_penalty("r2", Origin.FAKE, self.config.gamma, self.config.every),)


SPEC = BalancingSpec(
    name="r2",
    summary="Penalty on D's gradient at fakes",
    source="Mescheder et al. 2018, Which Training Methods for GANs do actually Converge? (arXiv 1801.04406)",
    config=R2Config,
    build=R2,
    traits=frozenset({Trait.SLOPE_AT_FAKES}),
)
