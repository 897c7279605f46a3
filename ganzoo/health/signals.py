"""What the doctor looks at: the ticks' numbers, smoothed, with their past."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ganzoo.contracts.smoothing import Smoothed

SMOOTHING = 0.7
"""Weight of the past, a tick: about the last three ticks."""

SMOOTHED = (
    "accuracy",
    "accuracy_fake",
    "loss_share_discriminator",
    "loss_share_generator",
)
"""Read at every tick, and noisy."""

PROBED = ("similarity", "similarity_of_reals", "repeats", "memory", "motion")
"""Read where samples are drawn, from fixed latents. Of the last two the milder stands: one odd grid is no verdict."""

LOW_IS_ILL = frozenset({"motion"})


class Signals:
    """The present state of every signal; a signal that was never read is absent.

    `accuracy...` are shares in [0, 1]. `loss_share_...` is a loss over what guessing costs: 1 at the start, 0 for a
    certain D; absent for losses in which guessing costs nothing. `similarity` is the mean pairwise SSIM of samples,
    `similarity_of_reals` that of real images, both in [-1, 1]; `repeats` the share of samples with a near twin
    among them; `memory` is Karras et al. 2020's r_v; `motion` the mean change of the samples since the last grid, as a
    share of the pixel range.
    """

    def __init__(self) -> None:
        self.not_finite: tuple[str, ...] = ()
        self._smoothed = {name: Smoothed(SMOOTHING) for name in SMOOTHED}
        self._probed: dict[str, list[float]] = {}
        self.ticks = 0

    def take(self, values: Mapping[str, float | None]) -> None:
        """One more tick; null in a log is a number that was not finite."""
        self.ticks += 1
        self.not_finite = tuple(name for name, value in values.items() if value is None or not math.isfinite(value))
        for name, value in values.items():
            if value is None or not math.isfinite(value):
                continue
            if name in self._smoothed:
                self._smoothed[name].update(value)
            elif name in PROBED:
                self._probed[name] = [*self._probed.get(name, [])[-1:], value]

    def __getitem__(self, name: str) -> float | None:
        """The smoothed value, or the milder of the last two readings; None before there are any, or two."""
        if name in self._smoothed:
            return self._smoothed[name].value
        readings = self._probed.get(name, [])
        if len(readings) < 2:
            return None
        return max(readings) if name in LOW_IS_ILL else min(readings)

    def state_dict(self) -> dict[str, object]:
        """Plain values, for a checkpoint."""
        return {
            "ticks": self.ticks,
            "smoothed": {name: smoothed.state_dict() for name, smoothed in self._smoothed.items()},
            "probed": {name: list(readings) for name, readings in self._probed.items()},
        }

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        smoothed, probed = state["smoothed"], state["probed"]
        assert isinstance(smoothed, Mapping)  # as `state_dict` wrote it
        assert isinstance(probed, Mapping)
        self.ticks = int(str(state["ticks"]))
        for name, value in smoothed.items():
            self._smoothed[name].load_state_dict(value)
        self._probed = {name: [float(value) for value in readings] for name, readings in probed.items()}
