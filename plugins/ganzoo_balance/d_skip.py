"""d-skip: D pauses while it is ahead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ganzoo.contracts import ALLOW, BalancingStrategy, Decision, Observation, Role, Smoothed, refuse
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait


class DiscriminatorSkipConfig(StrategyConfig):
    """When D's update is left out."""

    threshold: float = Field(default=0.8, gt=0)
    """D is ahead above this accuracy, a share in (0, 1] where 0.5 is guessing; or below this loss of D's."""
    measure: Literal["accuracy", "loss"] = "accuracy"
    """What tells that D is ahead: the share of images it judges right, or its adversarial loss."""
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Weight of the past in the measure's moving average; 0: this batch alone, 0.9: about the last ten."""
    patience: int = Field(default=0, ge=0)
    """Batches in a row D must have been ahead before the first update is left out."""
    at_most: int | None = Field(default=25, ge=1)
    """Updates left out in a row before one is made all the same; none: no such cap."""

    @model_validator(mode="after")
    def _threshold_fits_the_measure(self) -> DiscriminatorSkipConfig:
        if self.measure == "accuracy" and self.threshold > 1:
            raise ValueError(f"threshold is an accuracy in (0, 1] here, not {self.threshold:g}")
        if self.measure == "loss" and "threshold" not in self.model_fields_set:
            raise ValueError(
                "measure `loss` needs a threshold of its own, below D's loss when it guesses: 1.39 for the "
                "logistic losses, 2 for hinge, 0.25 for least squares. Add `threshold = 0.8`, say"
            )
        return self


class DiscriminatorSkip(BalancingStrategy):
    """Skip D's update while D already tells real from fake too well.

    D is ahead in a batch when average(accuracy) > threshold, or average(loss) < threshold. From the batch
    after `patience` such batches in a row its update is refused, until it is no longer ahead: G goes on
    learning, fakes get harder, accuracy falls. The measure is taken before the update, on the batch D would
    learn from.

    Use it first when D's loss falls to 0 and samples stop changing. It needs no tuning of rates, but costs
    nothing only while D is ahead rarely: a skip rate near 1 says that D is too strong altogether, which
    `capacity` or `lr-skew` mend at the root.

    Source: folk practice; the code of Larsen et al. 2016 (VAE-GAN) keeps either network from learning while
    its loss is beyond a margin. "How to train a GAN" (Chintala et al. 2016), tip 11, advises against
    schedules by the loss without a principle; the principle here is D's accuracy.
    """

    reads_numbers: ClassVar[bool] = True

    def __init__(self, config: DiscriminatorSkipConfig) -> None:
        self.config = config
        self.max_consecutive_skips = config.at_most
        self.signal = Smoothed(config.smoothing)
        self.ahead_for = 0

    def observe(self, observation: Observation) -> None:
        """Take in what D's forward showed."""
        if observation.role is not Role.DISCRIMINATOR:
            return
        value = observation[self.config.measure]
        if not math.isfinite(
            value
        ):  # a broken batch is the step's to report; an average would never forget it
            return
        self.signal.update(value)
        self.ahead_for = self.ahead_for + 1 if self._ahead(self.signal.value) else 0

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        """No to D while it has been ahead for more than `patience` batches."""
        if role is not Role.DISCRIMINATOR or self.ahead_for <= self.config.patience:
            return ALLOW
        beyond = ">" if self.config.measure == "accuracy" else "<"
        return refuse(
            f"D {self.config.measure} {self.signal.value:.3f} {beyond} {self.config.threshold:g}, "
            f"{self.ahead_for} in a row"
        )

    def _ahead(self, value: float | None) -> bool:
        if value is None:
            return False
        return (
            value > self.config.threshold
            if self.config.measure == "accuracy"
            else value < self.config.threshold
        )

    def state_dict(self) -> dict[str, object]:
        """The average and the count of batches D has been ahead."""
        return {"signal": self.signal.state_dict(), "ahead_for": self.ahead_for}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        signal, ahead_for = state["signal"], state["ahead_for"]
        assert isinstance(signal, dict)
        assert isinstance(ahead_for, int)
        self.signal.load_state_dict(signal)
        self.ahead_for = ahead_for


SPEC = BalancingSpec(
    name="d-skip",
    summary="Skip D's update while its accuracy is above a threshold",
    source="Folk practice; a margin on the losses in the code of Larsen et al. 2016 (arXiv 1512.09300)",
    config=DiscriminatorSkipConfig,
    build=DiscriminatorSkip,
    traits=frozenset({Trait.GATES, Trait.HOLDS_ACCURACY}),
)
