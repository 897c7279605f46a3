"""d-nap: D sits out every n-th step."""

from __future__ import annotations

from pydantic import Field

from ganzoo.contracts import ALLOW, BalancingStrategy, Decision, Observation, Role, refuse
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait


class NapConfig(StrategyConfig):
    """When D naps."""

    every: int = Field(default=3, ge=2)
    """D's update is left out in each step whose number is a multiple of this."""


def naps(step: int, every: int) -> bool:
    """Whether D sits out this step; the first one is step 0, and D is awake for it."""
    return step > 0 and step % every == 0


class Nap(BalancingStrategy):
    """Leave out D's update every `every` steps, whatever it has learned. Remembers nothing."""

    def __init__(self, config: NapConfig) -> None:
        self.config = config

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        """No to D in its n-th step, yes otherwise."""
        step = observation.moment.step
        if role is Role.DISCRIMINATOR and naps(step, self.config.every):
            return refuse(f"step {step} is a multiple of {self.config.every}")
        return ALLOW


SPEC = BalancingSpec(
    name="d-nap",
    summary="D sits out every n-th step",
    source="made up for this example",
    config=NapConfig,
    build=Nap,
    traits=frozenset({Trait.GATES}),
)
