"""g-boost: G learns more often while D is ahead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Moment, Observation, Plan, Role, Smoothed
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait


class GeneratorBoostConfig(StrategyConfig):
    """When G gets updates on top of its one, and how many."""

    threshold: float = Field(default=0.8, gt=0, lt=1)
    """D is ahead above this accuracy, where 0.5 is guessing."""
    at_most: int = Field(default=2, ge=1, le=20)
    """Updates on top of the one, where D is always right; in between in proportion, rounded up."""
    smoothing: float = Field(default=0.9, ge=0, lt=1)
    """Weight of the past in the accuracy's moving average; 0: the last batch alone, 0.9: about the last ten."""


def extra_updates(accuracy: float, threshold: float, at_most: int) -> int:
    """ceil(at_most x (accuracy - threshold) / (1 - threshold)), in 0 ... at_most."""
    return min(at_most, max(0, math.ceil(at_most * (accuracy - threshold) / (1.0 - threshold))))


class GeneratorBoost(BalancingStrategy):
    """D one update; G 1 + ceil(at_most x (accuracy - threshold) / (1 - threshold)) while average accuracy > threshold.

    The counterpart of `d-skip`: where that one throws D's work away, this one adds work for G, with fresh fakes each
    time. Use it when D runs ahead now and then and time is not what lacks: a step with n extra updates costs about
    1 + n of G's turns. If the boost is always on, a fixed `update-ratio` says the same more plainly, and a slower D
    (`lr-skew`) is free. The plan follows the accuracy of the steps before.

    Source: folk practice ("train G more when D's loss is low"); the number of updates as a lever is that of
    Goodfellow et al. 2014, algorithm 1, with the roles turned around.
    """

    reads_numbers: ClassVar[bool] = True

    def __init__(self, config: GeneratorBoostConfig) -> None:
        self.config = config
        self.accuracy = Smoothed(config.smoothing)

    def observe(self, observation: Observation) -> None:
        """Take in D's accuracy."""
        if observation.role is Role.DISCRIMINATOR and math.isfinite(observation.accuracy):
            self.accuracy.update(observation.accuracy)

    def plan(self, moment: Moment) -> Plan:
        """One update each, and G's extra ones."""
        if self.accuracy.value is None:
            return Plan()
        extra = extra_updates(self.accuracy.value, self.config.threshold, self.config.at_most)
        if extra == 0:
            return Plan()
        reason = (
            f"g-boost: D accuracy {self.accuracy.value:.2f} > {self.config.threshold:g}, G learns {1 + extra} times"
        )
        return Plan(generator_updates=1 + extra, reason=reason)

    def state_dict(self) -> dict[str, object]:
        """The average."""
        return {"accuracy": self.accuracy.state_dict()}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        saved = state["accuracy"]
        assert isinstance(saved, dict)
        self.accuracy.load_state_dict(saved)


SPEC = BalancingSpec(
    name="g-boost",
    summary="Extra updates of G while D's accuracy is above a threshold",
    source="Folk practice; the lever is Goodfellow et al. 2014, algorithm 1 (arXiv 1406.2661), roles turned around",
    config=GeneratorBoostConfig,
    build=GeneratorBoost,
    traits=frozenset({Trait.PLANS, Trait.HOLDS_ACCURACY}),
)
