"""r1r2: D's slope is held down at reals and at fakes."""

from __future__ import annotations

from collections.abc import Sequence

from ganzoo.contracts import BalancingStrategy, Origin, Term
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait
from ganzoo_balance.penalties import Every, Weight, slope_penalty


class R1R2Config(StrategyConfig):
    """How strongly, and how often."""

    gamma: Weight = 2.0
    """Strength of both, as the sources count it, with the half: 2 is a weight of 1 on the bare squared norms."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold."""


class R1R2(BalancingStrategy):
    """Adds gamma/2 x (E ||grad D(x)||² + E ||grad D(G(z))||²) to D's loss.

    The most dependable lever of all, with the relativistic logistic loss and a D without batch norm
    (`--set loss.kind=relativistic --set discriminator.norm=none`): that game provably converges locally, and needs
    no other trick. It costs a second backward through both halves of D's batch, about half of the speed.

    Source: Huang et al. 2024, "The GAN is dead; long live the GAN!" (R3GAN), section 2, who choose gamma anew for
    each data set and let it fall while training (a schedule here); the penalties are those of Mescheder et al.
    2018. The default here is for images of 32 to 64 px.
    """

    def __init__(self, config: R1R2Config) -> None:
        self.config = config

    def terms(self) -> Sequence[Term]:
        """R1's term and R2's."""
        gamma, every = self.config.gamma, self.config.every
        return (slope_penalty("r1", Origin.REAL, gamma, every), slope_penalty("r2", Origin.FAKE, gamma, every))


SPEC = BalancingSpec(
    name="r1r2",
    summary="Penalties on D's gradient at real images and at fakes",
    source="Huang et al. 2024, The GAN is dead; long live the GAN! A Modern GAN Baseline (arXiv 2501.05441)",
    config=R1R2Config,
    helps={
        Ailment.DISCRIMINATOR_OVERPOWERS: Remedy(2, "bounds D at the cause, whatever the loss"),
        Ailment.DIVERGING: Remedy(2, "converges where an unbounded D does not"),
    },
    build=R1R2,
    traits=frozenset({Trait.SLOPE_AT_REALS, Trait.SLOPE_AT_FAKES}),
)
