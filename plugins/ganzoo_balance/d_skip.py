"""d-skip: D pauses while it is ahead; with a band, G pauses while D is behind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ganzoo.contracts import ALLOW, BalancingStrategy, Decision, Observation, Role, Smoothed, refuse
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait

GUESSING = {
    "loss": "1.39 for the logistic losses, 2 for hinge, 0.25 for least squares",
    "logit-gap": "0 for all losses",
}
"""What a measure without a default threshold is when D guesses."""


class DiscriminatorSkipConfig(StrategyConfig):
    """When an update is left out."""

    threshold: float = Field(default=0.8, gt=0)
    """D is ahead above this accuracy, a share in (0, 1) where 0.5 is guessing; above this logit gap; or below this loss
    of D's."""
    measure: Literal["accuracy", "loss", "logit-gap"] = "accuracy"
    """What tells that D is ahead: the share of images it judges right, its adversarial loss, or how far apart its mean
    logits of reals and fakes are. With a band, the loss is each of D's two losses, on reals and on fakes."""
    band: float | None = Field(default=None, gt=0)
    """Half the width of the band around `threshold` in which both learn: beyond it D is left out, on its other side G.
    none: one-sided, G is never left out."""
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Weight of the past in the measure's moving average; 0: this batch alone, 0.9: about the last ten."""
    patience: int = Field(default=0, ge=0)
    """Batches in a row D must have been ahead (or behind) before the first update is left out."""
    at_most: int | None = Field(default=25, ge=1)
    """Updates of one network left out in a row before one is made all the same; none: no such cap."""

    @model_validator(mode="after")
    def _threshold_fits_the_measure(self) -> DiscriminatorSkipConfig:
        if self.measure != "accuracy" and "threshold" not in self.model_fields_set:
            raise ValueError(
                f"measure `{self.measure}` needs a threshold of its own, on D's side of where it guesses: "
                f"{GUESSING[self.measure]}. Add `threshold = {0.8 if self.measure == 'loss' else 3:g}`, say"
            )
        if self.measure == "accuracy" and self.threshold >= 1:
            raise ValueError(f"threshold is an accuracy in (0, 1) here; above {self.threshold:g} there is none")
        return self

    @model_validator(mode="after")
    def _band_can_be_left(self) -> DiscriminatorSkipConfig:
        band = self.band or 0.0
        if self.measure == "accuracy" and band and self.threshold + band >= 1:
            raise ValueError(f"no accuracy lies beyond {self.threshold:g} + {band:g}: D would never be left out")
        if self.measure == "accuracy" and band >= self.threshold:
            raise ValueError(f"no accuracy lies below {self.threshold:g} - {band:g}: G would never be left out")
        if self.measure == "loss" and band >= self.threshold:
            raise ValueError(f"no loss lies below {self.threshold:g} - {band:g}: D would never be left out")
        return self


class DiscriminatorSkip(BalancingStrategy):
    """Skip D's update while D already tells real from fake too well.

    D is ahead in a batch when average(accuracy) > threshold, average(logit gap) > threshold, or average(loss) <
    threshold. From the batch after `patience` such batches in a row its update is refused, until it is no longer
    ahead: G goes on learning, fakes get harder, accuracy falls. The measure is taken before the update, on the batch
    D would learn from.

    With a band, both sides: D is left out while the measure is beyond threshold + band, G while it is short of
    threshold - band, never both. By the loss, the signs turn, and it is each of D's two losses that counts: D is left
    out while either is below threshold - band, G while either is above threshold + band, and where both hold, neither.
    VAE-GAN's own, for logistic losses: `d-skip:measure=loss,threshold=0.68,band=0.35`.

    Use it first when D's loss falls to 0 and samples stop changing. It needs no tuning of rates, but costs nothing
    only while D is ahead rarely: a skip rate near 1 says that D is too strong altogether, which `capacity` or
    `lr-skew` mend at the root. The gate clamps the very signal it watches: accuracy settles at the threshold and
    losses go flat whether or not samples get better, so judge it by samples and scores, never by losses.

    Source: folk practice; with a band the code of Larsen et al. 2016 (VAE-GAN), whose versions have 0.68 (about
    ln 2) with margins from 0.25 to 0.4. "How to train a GAN" (Chintala et al. 2016), tip 11, advises against
    schedules by the loss without a principle; the principle here is D's accuracy.
    """

    reads_numbers: ClassVar[bool] = True

    def __init__(self, config: DiscriminatorSkipConfig) -> None:
        self.config = config
        self.max_consecutive_skips = config.at_most
        self.signal = Smoothed(config.smoothing)  # where D is most ahead
        self.weakest = Smoothed(config.smoothing)  # where D is furthest behind: differs for a pair of losses only
        self.ahead_for = 0
        self.behind_for = 0

    def observe(self, observation: Observation) -> None:
        """Take in what D's forward showed."""
        if observation.role is not Role.DISCRIMINATOR:
            return
        strongest, weakest = self._read(observation)
        if not (math.isfinite(strongest) and math.isfinite(weakest)):
            return  # a broken batch is the step's to report; an average would never forget it
        self.signal.update(strongest)
        self.weakest.update(weakest)
        one_sided, band = self.config.band is None, self.config.band or 0.0
        ahead = self._lead(self.signal) > band
        behind = not one_sided and self._lead(self.weakest) < -band
        self.ahead_for = self.ahead_for + 1 if ahead and not behind else 0
        self.behind_for = self.behind_for + 1 if behind and not ahead else 0

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        """No to D while it has been ahead for more than `patience` batches; to G while D has been behind."""
        band = self.config.band or 0.0
        if role is Role.DISCRIMINATOR:
            return self._decide(self.signal, self.ahead_for, band)
        return self._decide(self.weakest, self.behind_for, -band)

    def _decide(self, signal: Smoothed, in_a_row: int, lead: float) -> Decision:
        if in_a_row <= self.config.patience:
            return ALLOW
        rises = self.config.measure != "loss"
        limit = self.config.threshold + (lead if rises else -lead)
        beyond = ">" if rises == (signal is self.signal) else "<"
        measure = self.config.measure.replace("-", " ")
        return refuse(f"D {measure} {signal.value:.3f} {beyond} {limit:g}, {in_a_row} in a row")

    def _read(self, observation: Observation) -> tuple[float, float]:
        """Where D is most ahead and where it is furthest behind: one number twice, save for a pair of losses."""
        if self.config.measure == "logit-gap":
            return observation.logit_gap, observation.logit_gap
        if self.config.measure == "loss" and self.config.band is not None:
            losses = observation["loss_real"], observation["loss_fake"]
            return min(losses), max(losses)
        return observation[self.config.measure], observation[self.config.measure]

    def _lead(self, signal: Smoothed) -> float:
        """How far D is ahead of the threshold; negative: behind."""
        assert signal.value is not None  # asked after an update only
        lead = signal.value - self.config.threshold
        return -lead if self.config.measure == "loss" else lead

    def state_dict(self) -> dict[str, object]:
        """The averages, and the counts of batches D has been ahead or behind."""
        return {
            "signal": self.signal.state_dict(),
            "weakest": self.weakest.state_dict(),
            "ahead_for": self.ahead_for,
            "behind_for": self.behind_for,
        }

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        for name, average in (("signal", self.signal), ("weakest", self.weakest)):
            saved = state[name]
            assert isinstance(saved, dict)
            average.load_state_dict(saved)
        ahead_for, behind_for = state["ahead_for"], state["behind_for"]
        assert isinstance(ahead_for, int)
        assert isinstance(behind_for, int)
        self.ahead_for, self.behind_for = ahead_for, behind_for


SPEC = BalancingSpec(
    name="d-skip",
    summary="Skip D's update while it is ahead (accuracy, loss or logit gap); with a band, G's while D is behind",
    source="Folk practice; a margin on the losses in the code of Larsen et al. 2016 (arXiv 1512.09300)",
    config=DiscriminatorSkipConfig,
    helps={
        Ailment.DISCRIMINATOR_OVERPOWERS: Remedy(
            6, "D pauses while ahead; look at samples and scores, not at the losses"
        )
    },
    build=DiscriminatorSkip,
    traits=frozenset({Trait.GATES, Trait.HOLDS_ACCURACY}),
)
