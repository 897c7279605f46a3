"""Writes down what happens and tells the observers. One that raises is a fault in the record, never in the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.logs import JsonLines


class Journal:
    """metrics.jsonl, events.jsonl, and whoever watches."""

    def __init__(self, run: RunDirectory, observers: Sequence[Observer]) -> None:
        self.metrics = JsonLines(run.metrics)
        self.events = JsonLines(run.events)
        self._observers = list(observers)

    def start(self, start: RunStart) -> None:
        """Training begins or goes on."""
        self._tell(start.step, lambda observer: observer.start(start))

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
        self._tell(tick.step, lambda observer: observer.tick(tick))

    def event(self, event: Event) -> None:
        """Something happened."""
        self._write(event)
        self._tell(event.step, lambda observer: observer.event(event))

    def images(self, step: int, path: Path) -> None:
        """A grid was written."""
        self._tell(step, lambda observer: observer.images(step, path))

    def end(self, step: int, status: str) -> None:
        """Training ended."""
        self._write(Event("end", step, status))
        self._tell(step, lambda observer: observer.end(status))

    def _write(self, event: Event) -> None:
        self.events.append(
            {"kind": event.kind, "step": event.step, "message": event.message, "data": dict(event.data)}
        )

    def _tell(self, step: int, call: Callable[[Observer], None]) -> None:
        for observer in list(self._observers):
            if observer not in self._observers:  # dropped meanwhile, while another one's fault was told
                continue
            try:
                call(observer)
            except Exception as error:  # noqa: BLE001 - training is never lost to someone who watches
                self._observers.remove(observer)
                self.event(
                    Event("fault", step, f"{type(observer).__name__} raised and was dropped: {error!r}")
                )
