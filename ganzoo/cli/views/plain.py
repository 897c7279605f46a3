"""A run as lines of a log: no colours, no moving cursor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from ganzoo.cli.text import plain_text
from ganzoo.cli.views.figures import kimg, kimg_of, number, percent, sizes
from ganzoo.contracts.observer import Observer

if TYPE_CHECKING:
    from ganzoo.contracts.observer import Event, RunStart, Tick

EVERY_S = 2.0
"""Seconds between two lines of numbers."""
DECISION_EVERY_S = 30.0
"""Seconds between two decisions: the lines of numbers show their sum anyway, the decision tells why."""
LEFT_OUT = frozenset({"end"})
"""Kinds of event that are no news: a grid was drawn, and what `end` says anyway."""


class PlainView(Observer):
    """Writes a line of numbers every two seconds at most, the last one always, and what happens as it comes.

    Args:
        stream: where to; characters its encoding lacks become `?`.
        clock: seconds, for tests.
        from_outside: another process trains, or has trained: nothing goes on here.
    """

    def __init__(
        self, stream: TextIO, clock: Callable[[], float] = time.monotonic, *, from_outside: bool = False
    ) -> None:
        self._stream = stream
        self._standing = "" if from_outside else "goes on "
        self._clock = clock
        self._written_at = float("-inf")
        self._waiting: Tick | None = None
        self._decided_at = float("-inf")
        self._total_images = 0
        self._notes: tuple[str, ...] = ()

    def start(self, start: RunStart) -> None:
        """The title, the notes, how large the networks are, and where the run is kept."""
        self._total_images, self._notes = start.total_images, start.notes
        self._write(start.title)
        for note in start.notes:
            self._write(f"note: {plain_text(note)}")
        going_on = f"{self._standing}at step {start.step:,}, " if start.step else ""
        length = f"{kimg(start.total_images)} kimg in all, " if start.total_images else ""
        large = f"{sizes(start.parameters)}, " if start.parameters else ""
        self._write(f"{going_on}{large}{length}in {start.path}")

    def tick(self, tick: Tick) -> None:
        """A line of numbers, or nothing where the last one is fresh."""
        self._waiting = tick
        if self._clock() - self._written_at >= EVERY_S:
            self._write_waiting()

    def event(self, event: Event) -> None:
        """The event's message, after its step and kind; of many decisions, one now and then."""
        if event.kind in LEFT_OUT or (event.kind == "note" and event.message in self._notes):
            return
        if event.kind == "decision":
            if self._clock() - self._decided_at < DECISION_EVERY_S:
                return
            self._decided_at = self._clock()
        self._write(f"step {event.step:,}  {event.kind}: {plain_text(event.message)}")

    def end(self, status: str) -> None:
        """The last numbers, if they are not written yet, and how it ended."""
        self._write_waiting()
        self._write(status)

    def _write_waiting(self) -> None:
        if self._waiting is not None:
            self._write(tick_line(self._waiting, self._total_images))
            self._written_at, self._waiting = self._clock(), None

    def _write(self, line: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(plain_text(line).encode(encoding, "replace").decode(encoding) + "\n")
        self._stream.flush()


def tick_line(tick: Tick, total_images: int) -> str:
    """One line of numbers, in the order of the curves."""
    seen = tick.values.get
    parts = [
        f"step {tick.step:,}",
        kimg_of(tick.images, total_images),
        f"{number(tick.images_per_s, 0)} img/s",
        f"loss D {number(seen('loss_discriminator'))} G {number(seen('loss_generator'))}",
        f"D right on real {percent(seen('accuracy_real'))} fake {percent(seen('accuracy_fake'))}",
        f"skipped D {percent(seen('skip_rate_discriminator'))} G {percent(seen('skip_rate_generator'))}",
        tick.verdict,
    ]
    return " | ".join(part for part in parts if part)
