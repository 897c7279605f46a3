"""update-ratio: several updates of one network for each of the other."""

from __future__ import annotations

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Moment, Plan
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait


class UpdateRatioConfig(StrategyConfig):
    """Updates in a step."""

    discriminator: int = Field(default=1, ge=1, le=100)
    """Updates of D in a step; each sees new reals."""
    generator: int = Field(default=2, ge=1, le=100)
    """Updates of G in a step."""


class UpdateRatio(BalancingStrategy):
    """n updates of D, then m of G, in every step.

    More for G when D runs ahead; more for D when it must stay near its optimum (a Wasserstein critic: 5 to
    1). A step costs the sum; where a rate would do, `lr-skew` is free.

    Source: Goodfellow et al. 2014, algorithm 1 (k steps of D); Arjovsky et al. 2017 (five of the critic).
    """

    def __init__(self, config: UpdateRatioConfig) -> None:
        self.config = config

    def plan(self, moment: Moment) -> Plan:
        """The same plan at every moment."""
        return Plan(self.config.discriminator, self.config.generator)


SPEC = BalancingSpec(
    name="update-ratio",
    summary="n updates of D for m of G",
    source="Goodfellow et al. 2014, algorithm 1 (arXiv 1406.2661); Arjovsky et al. 2017 (arXiv 1701.07875)",
    config=UpdateRatioConfig,
    helps={Ailment.GENERATOR_OVERPOWERS: Remedy(1, "two updates of D for each of G", "discriminator=2,generator=1")},
    build=UpdateRatio,
    traits=frozenset({Trait.PLANS}),
)
