"""r1: D's slope is held down at the real images."""

from __future__ import annotations

from collections.abc import Sequence

from ganzoo.contracts import BalancingStrategy, Origin, Term
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait
from ganzoo_balance.penalties import Every, Weight, slope_penalty


class R1Config(StrategyConfig):
    """How strongly, and how often."""

    gamma: Weight = 2.0
    """Strength, as the source counts it, with the half: 2 is a weight of 1 on the bare squared norm."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold; 16 in StyleGAN2."""


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
        return (slope_penalty("r1", Origin.REAL, self.config.gamma, self.config.every),)


SPEC = BalancingSpec(
    name="r1",
    summary="Penalty on D's gradient at real images",
    source="Mescheder et al. 2018, Which Training Methods for GANs do actually Converge? (arXiv 1801.04406)",
    config=R1Config,
    build=R1,
    traits=frozenset({Trait.SLOPE_AT_REALS}),
)
