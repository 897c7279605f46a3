"""Where a run's time went. Only a clock that never jumps is asked: the wall clock may be set while a run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any


class Activity(StrEnum):
    """What a run spends time on."""

    TRAINING = "training"
    EVALUATING = "evaluating"
    DRAWING = "drawing"
    SAVING = "saving"


class Spent:
    """Seconds by activity over the run's whole life; whatever is none of the others is training.

    Args:
        clock: seconds from anywhere, never backwards.

    Attributes:
        images: real images trained on in this time. More than the run has seen, where it went back; fewer, where it
            began as a fork, with the images of another run and a clock of its own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.images = 0
        self._seconds = dict.fromkeys(Activity, 0.0)
        self._since = clock()

    def __getitem__(self, activity: Activity) -> float:
        """Seconds so far."""
        self._settle(Activity.TRAINING)
        return self._seconds[activity]

    @property
    def total(self) -> float:
        """Seconds of everything."""
        self._settle(Activity.TRAINING)
        return sum(self._seconds.values())

    @contextmanager
    def on(self, activity: Activity) -> Iterator[None]:
        """What happens inside is this activity. Not nested."""
        self._settle(Activity.TRAINING)
        try:
            yield
        finally:
            self._settle(activity)

    def start(self) -> None:
        """What passed since the last look belongs to nothing: building, a pause."""
        self._since = self.clock()

    def shares(self) -> dict[str, float]:
        """By activity, in [0, 1]."""
        total = self.total
        return {str(activity): seconds / total if total else 0.0 for activity, seconds in self._seconds.items()}

    def sentence(self) -> str:
        """`12.4 min: training 88 %, evaluating 9 %, drawing 2 %, saving 1 %`."""
        total, shares = self.total, self.shares()
        length = f"{total / 60:.1f} min" if total >= 60 else f"{total:.1f} s"
        return f"{length}: " + ", ".join(f"{name} {share:.0%}".replace("%", " %") for name, share in shares.items())

    @property
    def seconds(self) -> dict[str, float]:
        """By activity."""
        self._settle(Activity.TRAINING)
        return {str(activity): round(seconds, 3) for activity, seconds in self._seconds.items()}

    def state_dict(self) -> dict[str, object]:
        """Seconds by activity, and the images trained on in them."""
        return {"seconds": self.seconds, "images": self.images}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on counting."""
        self._seconds = {activity: float(state["seconds"][activity]) for activity in Activity}
        self.images = int(state["images"])
        self.start()

    def _settle(self, activity: Activity) -> None:
        now = self.clock()
        self._seconds[activity] += max(0.0, now - self._since)
        self._since = now
