"""A run that another process trains, shown by the views that show one's own."""

from __future__ import annotations

import math
import tomllib
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from ganzoo.cli.text import plain_text
from ganzoo.contracts.batch import Role
from ganzoo.contracts.observer import Event, Observer, RunStart, Tick
from ganzoo.runs.following import Tail
from ganzoo.runs.records import LARGEST_WHOLE, read_text

if TYPE_CHECKING:
    from ganzoo.runs.directory import RunDirectory

LAST_EVENTS, LAST_TICKS = 8, 512
"""Of what happened before somebody looked, this much is told."""


class Following:
    """Reads the logs of a run and tells a view; a new view where the run was cut back, or went on after an end.

    Args:
        run: an existing run directory.
        make_view: a view, for each stretch that the run goes on without a break.
        stream: where is said what no view says.
        whole: the view draws curves, and is told the numbers of the time before; else only the last of them.
    """

    pause_s = 0.5
    """Between two looks."""

    def __init__(
        self, run: RunDirectory, make_view: Callable[[], Observer], stream: TextIO, *, whole: bool = False
    ) -> None:
        self._run = run
        self._whole = whole
        self._make_view = make_view
        self._stream = stream
        self._metrics, self._events = Tail(run.metrics), Tail(run.events)
        self._ticks: deque[Tick] = deque(maxlen=LAST_TICKS)
        self._happened: deque[Event] = deque(maxlen=LAST_EVENTS)
        self._view: Observer | None = None

    def look(self) -> bool:
        """Tell what is new; True where the run is finished."""
        metrics, events = self._metrics.news(), self._events.news()
        if metrics.cut or events.cut:
            self._begin_again(metrics_cut=metrics.cut, events_cut=events.cut)
        ticks = [tick for record in metrics.records if (tick := tick_of(record)) is not None]
        happened = [event for record in events.records if (event := event_of(record)) is not None]
        self._ticks += ticks
        self._happened += happened
        if self._view is None and (ticks or happened):
            self._view = self._start()
        elif self._view is not None:
            for tick in ticks:
                self._view.tick(tick)
            for event in happened:
                self._view.event(event)
        ended = [event.message for event in [*self._happened][-1:] if event.kind == "end"]
        if ended and self._view is not None:
            self._view.end(ended[0])
            self._view = None
            if ended[0] != "finished":
                self._say(f"waiting for: {self._run.to_resume}  (Ctrl-C leaves)")
        return ended == ["finished"]

    def leave(self) -> None:
        """Leave the last picture behind."""
        if self._view is not None:
            self._view.end("left; the run goes on")
            self._view = None

    def _begin_again(self, *, metrics_cut: bool, events_cut: bool) -> None:
        """The tails give all there is once more, of the log that was cut."""
        if metrics_cut:
            self._ticks.clear()
        if events_cut:
            self._happened.clear()
        if self._view is not None:
            self._view.end("stopped; it goes on from a checkpoint")
            self._view = None

    def _start(self) -> Observer:
        """A view that knows what came before."""
        view = self._make_view()
        last = self._ticks[-1] if self._ticks else None
        config = _config(self._run)
        view.start(
            RunStart(
                path=self._run.path,
                title=plain_text(f"{config.get('recipe', 'a run')} in {self._run.path}"),
                config=config,
                notes=(),
                step=last.step if last else 0,
                images=last.images if last else 0,
                total_images=total_images(
                    config,
                    _count(self._run, "training", "images_a_step"),
                    _count(self._run, "training", "images_a_pass"),
                ),
                parameters={role: n for role in Role if (n := _count(self._run, "parameters", role))},
            )
        )
        for tick in self._ticks if self._whole else [*self._ticks][-1:]:
            view.tick(tick)
        for event in self._happened:
            view.event(event)
        return view

    def _say(self, line: str) -> None:
        self._stream.write(plain_text(line) + "\n")
        self._stream.flush()


def tick_of(record: Mapping[str, Any]) -> Tick | None:
    """A line of metrics.jsonl; None where it is none."""
    step, images, values = record.get("step"), record.get("images"), record.get("values")
    if not isinstance(step, int) or not isinstance(images, int) or not isinstance(values, Mapping):
        return None
    numbers = {str(name): _number(value) for name, value in values.items()}
    return Tick(step, images, numbers, _number(record.get("images_per_s")), str(record.get("verdict") or ""))


def event_of(record: Mapping[str, Any]) -> Event | None:
    """A line of events.jsonl; None where it is none."""
    kind, step, data = record.get("kind"), record.get("step"), record.get("data")
    if not isinstance(kind, str) or not isinstance(step, int):
        return None
    return Event(kind, step, str(record.get("message", "")), data if isinstance(data, Mapping) else {})


def total_images(config: Mapping[str, Any], images_a_step: int, images_a_pass: int) -> int:
    """Where the run will end, in images; 0 where that is not known.

    Args:
        config: of the run, as config.toml has it: its length may change on resume.
        images_a_step: real images that one of these steps stands for, strategies' changes included.
        images_a_pass: images it is trained on.
    """
    training = config.get("training")
    if not isinstance(training, Mapping):
        return 0
    steps, epochs = training.get("steps"), training.get("epochs")
    if isinstance(steps, int):
        images: float = steps * images_a_step
    else:
        images = epochs * images_a_pass if isinstance(epochs, int | float) else 0
    return round(images) if 0 <= images < LARGEST_WHOLE else 0  # which NaN is not


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _config(run: RunDirectory) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(run.config))
    except (OSError, ValueError, RecursionError):
        return {}  # a view without a title still shows the numbers


def _count(run: RunDirectory, section: str, name: str) -> int:
    from ganzoo.errors import UsageError

    try:
        value = run.fact(section, name)
    except UsageError:
        return 0  # likewise
    return value if isinstance(value, int) and value >= 0 else 0
