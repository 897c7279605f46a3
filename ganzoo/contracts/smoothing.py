"""Exponential smoothing for strategies that watch a noisy signal."""

from __future__ import annotations


class Smoothed:
    """Exponential moving average without start-up bias (Adam's correction, Kingma & Ba 2015, section 3).

    Args:
        smoothing: weight of the past in [0, 1); 0 is the last value alone.
    """

    def __init__(self, smoothing: float) -> None:
        self.smoothing = smoothing
        self._sum = 0.0
        self._weight = 0.0

    @property
    def value(self) -> float | None:
        """The average, or None before the first value."""
        return self._sum / self._weight if self._weight else None

    def update(self, value: float) -> None:
        """Take one more value into the average."""
        self._sum = self.smoothing * self._sum + (1.0 - self.smoothing) * value
        self._weight = self.smoothing * self._weight + (1.0 - self.smoothing)

    def state_dict(self) -> dict[str, float]:
        """Plain numbers, for a checkpoint."""
        return {"sum": self._sum, "weight": self._weight}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Go on where `state_dict` left off."""
        self._sum, self._weight = state["sum"], state["weight"]
