"""What the doctor looks at: the ticks' numbers, smoothed, with their past."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from ganzoo.contracts.smoothing import Smoothed

SMOOTHING = 0.7
"""Weight of the past, a tick: about the last three ticks."""
LONG = 0.95
"""The same for what a trend is measured against: about the last twenty ticks."""

SMOOTHED = (
    "accuracy",
    "accuracy_real",
    "accuracy_fake",
    "logit_gap",
    "saturation",
    "loss_share_discriminator",
    "loss_share_generator",
    "gradient_norm_ratio",
    "r_t",
)
"""Read at every tick, and noisy."""

TRENDS = {"loss_trend_discriminator": "loss_discriminator", "loss_trend_generator": "loss_generator"}
"""Signals that say where another number of the ticks is going."""

PROBED = ("similarity", "similarity_of_reals", "repeats", "memory", "motion")
"""Read where samples are drawn, from fixed latents. Of the last two the milder stands: one odd grid is no verdict."""

LOW_IS_ILL = frozenset({"motion"})


class Trend:
    """How far the last three ticks lie above the last twenty, as a share of those: 0 flat, 0.5 half as much again."""

    def __init__(self) -> None:
        self._parts = {"short": Smoothed(SMOOTHING), "long": Smoothed(LONG), "size": Smoothed(LONG)}

    @property
    def value(self) -> float | None:
        """In [-2, ...]; None before the first number, or where all were 0."""
        short, long, size = (part.value for part in self._parts.values())
        return (short - long) / size if short is not None and long is not None and size else None

    def update(self, value: float) -> None:
        """Take one more tick's number in."""
        for name, part in self._parts.items():
            part.update(abs(value) if name == "size" else value)

    def state_dict(self) -> dict[str, dict[str, float]]:
        """Plain numbers, for a checkpoint."""
        return {name: part.state_dict() for name, part in self._parts.items()}

    def load_state_dict(self, state: Mapping[str, dict[str, float]]) -> None:
        """Go on where `state_dict` left off."""
        for name, part in self._parts.items():
            part.load_state_dict(state[name])


class Signals:
    """The present state of every signal; a signal that was never read is absent.

    `accuracy...` are shares in [0, 1]. `logit_gap` is the mean logit of reals less that of fakes. `saturation` is the
    share of D's judgements that are more than 99 % sure, in [0, 1]. `loss_share_...` is a loss over what guessing
    costs: 1 at the start, 0 for a certain D; absent for losses in which guessing costs nothing. `loss_trend_...` says
    where a loss is going, see `Trend`. `gradient_norm_ratio` is the norm of G's gradient over that of D's. `r_t` is the
    mean sign of D on the images it learns from, in [-1, 1], and `memory` the r_v of the same source: Karras et al.
    2020, "Training Generative Adversarial Networks with Limited Data", eq. 1. `similarity` is the mean pairwise SSIM of
    samples, `similarity_of_reals` that of real images, both in [-1, 1]; `repeats` the share of samples with a near twin
    among them; `motion` the mean change of the samples since the last grid, as a share of the pixel range.
    """

    def __init__(self) -> None:
        self.not_finite: tuple[str, ...] = ()
        self._smoothed = {name: Smoothed(SMOOTHING) for name in SMOOTHED}
        self._trends = {name: Trend() for name in TRENDS}
        self._probed: dict[str, list[float]] = {}
        self.ticks = 0

    def take(self, values: Mapping[str, float | None]) -> None:
        """One more tick; null in a log is a number that was not finite."""
        self.ticks += 1
        self.not_finite = tuple(name for name, value in values.items() if value is None or not math.isfinite(value))
        finite = {name: value for name, value in values.items() if value is not None and math.isfinite(value)}
        for name, value in (*finite.items(), *_derived(finite)):
            if name in self._smoothed:
                self._smoothed[name].update(value)
            elif name in PROBED:
                self._probed[name] = [*self._probed.get(name, [])[-1:], value]
        for name, of in TRENDS.items():
            if of in finite:
                self._trends[name].update(finite[of])

    def __getitem__(self, name: str) -> float | None:
        """The smoothed value, or the milder of the last two readings; None before there are any, or two."""
        if name in self._smoothed:
            return self._smoothed[name].value
        if name in self._trends:
            return self._trends[name].value
        readings = self._probed.get(name, [])
        if len(readings) < 2:
            return None
        return max(readings) if name in LOW_IS_ILL else min(readings)

    def state_dict(self) -> dict[str, object]:
        """Plain values, for a checkpoint."""
        return {
            "ticks": self.ticks,
            "smoothed": {name: smoothed.state_dict() for name, smoothed in self._smoothed.items()},
            "trends": {name: trend.state_dict() for name, trend in self._trends.items()},
            "probed": {name: list(readings) for name, readings in self._probed.items()},
        }

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        smoothed, trends, probed = (state[part] for part in ("smoothed", "trends", "probed"))
        assert isinstance(smoothed, Mapping)  # as `state_dict` wrote it
        assert isinstance(trends, Mapping)
        assert isinstance(probed, Mapping)
        self.ticks = int(str(state["ticks"]))
        for name, value in smoothed.items():
            self._smoothed[name].load_state_dict(value)
        for name, value in trends.items():
            self._trends[name].load_state_dict(value)
        self._probed = {name: [float(value) for value in readings] for name, readings in probed.items()}


def _derived(values: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Signals that the tick has in other words: a finite number each, where it has them at all."""
    if "sign_real" in values:
        yield "r_t", values["sign_real"]
    found = {}
    if {"logit_real", "logit_fake"} <= values.keys():
        found["logit_gap"] = values["logit_real"] - values["logit_fake"]
    if values.get("gradient_norm_discriminator", 0.0) > 0 and "gradient_norm_generator" in values:
        found["gradient_norm_ratio"] = values["gradient_norm_generator"] / values["gradient_norm_discriminator"]
    yield from ((name, value) for name, value in found.items() if math.isfinite(value))
