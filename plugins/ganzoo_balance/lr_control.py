"""lr-control: a controller holds D's accuracy at a set point by its learning rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from ganzoo.contracts import BalancingStrategy, Moment, Observation, Role, Smoothed
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait


class LearningRateControlConfig(StrategyConfig):
    """The set point, how hard the controller pulls, and how far it may go."""

    accuracy: float = Field(default=0.8, gt=0.5, lt=1)
    """The set point: the accuracy D is held at, where 0.5 is guessing."""
    proportional: float = Field(default=10.0, ge=0)
    """How much the logarithm of D's rate falls for each unit of accuracy above the set point, at once."""
    integral: float = Field(default=0.02, ge=0)
    """The same, once more for each update of D that sees it."""
    smoothing: float = Field(default=0.9, ge=0, lt=1)
    """Weight of the past in the accuracy's moving average; 0: the last batch alone, 0.9: about the last ten."""
    at_least: float = Field(default=0.01, gt=0, le=1)
    """Lowest factor on D's learning rate."""
    at_most: float = Field(default=1.0, ge=1)
    """Highest factor on D's learning rate; 1: D never learns faster than the recipe says."""
    mirror: bool = False
    """G's rate gets the inverse factor: G learns faster while D is slowed down."""

    @model_validator(mode="after")
    def _can_act(self) -> LearningRateControlConfig:
        if self.proportional == 0 and self.integral == 0:
            raise ValueError("`proportional` and `integral` are both 0: nothing would ever change")
        if self.at_least == self.at_most:
            raise ValueError(f"`at_least` and `at_most` are both {self.at_most:g}: nothing would ever change")
        return self


class LearningRateControl(BalancingStrategy):
    """D's rate x exp(u), u = -(proportional x e + sum of integral x e), e = average(accuracy) - set point.

    u stays within log(at_least) ... log(at_most). Anti-windup: while u is at a limit, errors that push further are not
    summed, so the controller comes back at once when the error turns.

    The smooth form of `d-skip`: D slows down instead of pausing, and what it costs is nothing. Use it when D runs
    ahead and a good fixed ratio of rates is not known, or changes in the course of a run. Look at where the factor
    settles: near `at_least` says that no rate brings D to the set point (a relativistic loss or R1 is healthy at 0.99;
    raise the set point). It clamps the signal it watches: judge it by samples and scores.

    Source: a proportional-integral controller with conditional integration (Åström & Hägglund 1995, "PID Controllers",
    chapter 3), on the logarithm since rates act by ratio; the idea of holding D's lead by a controller is BEGAN's
    (Berthelot et al. 2017). The gains are ganzoo's own.
    """

    reads_numbers: ClassVar[bool] = True

    def __init__(self, config: LearningRateControlConfig) -> None:
        self.config = config
        self.signal = Smoothed(config.smoothing)
        self.integral = 0.0

    def observe(self, observation: Observation) -> None:
        """Take in D's accuracy; sum its error unless the factor is at a limit already."""
        if observation.role is not Role.DISCRIMINATOR or not math.isfinite(observation.accuracy):
            return
        self.signal.update(observation.accuracy)
        step = -self.config.integral * self._error()
        wanted = self._unlimited() + step
        if (wanted > self._highest and step > 0) or (wanted < self._lowest and step < 0):
            return
        self.integral += step

    def rate(self, role: Role, moment: Moment) -> float:
        """The factor for D; its inverse for G where `mirror` is set."""
        if role is Role.GENERATOR and not self.config.mirror:
            return 1.0
        logarithm = min(self._highest, max(self._lowest, self._unlimited()))
        return math.exp(logarithm if role is Role.DISCRIMINATOR else -logarithm)

    def _error(self) -> float:
        return 0.0 if self.signal.value is None else self.signal.value - self.config.accuracy

    def _unlimited(self) -> float:
        return self.integral - self.config.proportional * self._error()

    @property
    def _lowest(self) -> float:
        return math.log(self.config.at_least)

    @property
    def _highest(self) -> float:
        return math.log(self.config.at_most)

    def state_dict(self) -> dict[str, object]:
        """The average and the sum of errors."""
        return {"signal": self.signal.state_dict(), "integral": self.integral}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        signal, integral = state["signal"], state["integral"]
        assert isinstance(signal, dict)
        assert isinstance(integral, float)
        self.signal.load_state_dict(signal)
        self.integral = integral


SPEC = BalancingSpec(
    name="lr-control",
    summary="A controller holds D's accuracy at a set point by scaling D's learning rate",
    source="Åström & Hägglund 1995, PID Controllers, chapter 3; the idea is BEGAN's (arXiv 1703.10717)",
    config=LearningRateControlConfig,
    build=LearningRateControl,
    traits=frozenset({Trait.HOLDS_ACCURACY}),
)
