"""Writes down what happens and tells the observers. One that raises is a fault in the record, never in the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.guarding import Guard
from ganzoo.runs.logs import JsonLines


class Journal:
    """metrics.jsonl, events.jsonl, and whoever watches."""

    def __init__(self, run: RunDirectory, observers: Sequence[Observer]) -> None:
        self.metrics = JsonLines(run.metrics)
        self.events = JsonLines(run.events)
        self._observers = list(observers)
        self._early: list[Event] | None = []
        """What happened before the start, which observers hear of first; None: they have heard of it."""
        self._guard = Guard(self._fault)
        self._step = 0
        self._ends = False

    def start(self, start: RunStart) -> None:
        """Training begins or goes on. Observers hear of it first, then of what happened on the way to it."""
        self._tell(start.step, "start", lambda observer: observer.start(start))
        early, self._early = self._early or [], None
        for event in early:
            self._tell_event(event)

    def tick(self, tick: Tick) -> None:
        """Numbers were read."""
        self.metrics.append(
            {
                "step": tick.step,
                "images": tick.images,
                "values": tick.values,
                "verdict": tick.verdict,
                "images_per_s": round(tick.images_per_s, 2),
            }
        )
        self._tell(tick.step, "tick", lambda observer: observer.tick(tick))

    def event(self, event: Event) -> None:
        """Something happened. It is on the record at once."""
        self._write(event)
        self._tell_event(event)

    def images(self, step: int, path: Path) -> None:
        """A grid was written."""
        self._tell(step, "images", lambda observer: observer.images(step, path))

    def end(self, step: int, status: str, data: Mapping[str, object] | None = None) -> None:
        """Training ended; `data` goes on the record.

        Where the disk is what ended it, the record cannot say so, and the watchers still hear it.
        """
        self._ends = True
        with suppress(OSError):
            self._write(Event("end", step, status, data or {}))
        self._tell(step, "end", lambda observer: observer.end(status))

    def lengths(self) -> dict[str, int]:
        """Bytes of both logs, flushed to the disk: what a checkpoint remembers is there whatever happens next."""
        return {"metrics": self.metrics.sync(), "events": self.events.sync()}

    def cut(self, lengths: Mapping[str, int]) -> list[str]:
        """Forget what was written after a checkpoint.

        Args:
            lengths: as `lengths` gave them; a log that is not named is cut to nothing.

        Returns:
            A line for each log that has lost lines the checkpoint remembers.
        """
        missing = {log.path.name: log.cut(lengths.get(log.path.stem, 0)) for log in (self.metrics, self.events)}
        return [f"{name} lacks its last {count:,} bytes; they are lost" for name, count in missing.items() if count]

    def _write(self, event: Event) -> None:
        self.events.append({"kind": event.kind, "step": event.step, "message": event.message, "data": dict(event.data)})

    def _tell_event(self, event: Event) -> None:
        if self._early is None:
            self._tell(event.step, "event", lambda observer: observer.event(event))
        else:  # a run that goes on, or is forked, has much to say before it trains
            self._early.append(event)

    def _tell(self, step: int, what: str, call: Callable[[Observer], None]) -> None:
        """Call each observer; one of whose methods failed too often is told nothing more."""
        self._step = step
        for observer in list(self._observers):
            key = (id(observer), what)
            if observer in self._observers:  # not dropped meanwhile, while a fault was told
                self._guard(f"{type(observer).__name__}.{what}", partial(call, observer), key=key)
            if self._guard.is_off(key) and observer in self._observers:
                self._observers.remove(observer)

    def _fault(self, message: str, data: Mapping[str, object]) -> None:
        event = Event("fault", self._step, message, data)
        with suppress(OSError) if self._ends else nullcontext():  # what ended the run is said by whoever ends it
            self._write(event)
        self._tell_event(event)
