"""A run in a terminal: what people watch while it learns."""

from __future__ import annotations

import atexit
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ganzoo.cli.text import plain_text
from ganzoo.cli.views.figures import duration, kimg_of, number, percent, sizes
from ganzoo.cli.views.sparkline import sparkline
from ganzoo.contracts.observer import Observer

if TYPE_CHECKING:
    from ganzoo.contracts.observer import Event, RunStart, Tick

REFRESHES_PER_S = 4
HISTORY = 512
"""Ticks that a sparkline can show."""
LAST_EVENTS = 4
MAX_SCORES = 4
LEFT_OUT = frozenset({"checkpoint", "end"})
"""Kinds of event that would push the interesting ones out of sight."""
STYLES = {"fault": "bold red", "verdict": "bold", "evaluation": "green"}

SHARE = (0.0, 1.0)
ROWS: tuple[tuple[str, str, str, Callable[[object], str], tuple[float, float] | None], ...] = (
    ("D loss", "loss_discriminator", "dodger_blue1", number, None),
    ("G loss", "loss_generator", "dark_orange", number, None),
    ("D right on real", "accuracy_real", "green", percent, SHARE),
    ("D right on fake", "accuracy_fake", "magenta", percent, SHARE),
    ("D updates skipped", "skip_rate_discriminator", "dodger_blue1", percent, SHARE),
    ("G updates skipped", "skip_rate_generator", "dark_orange", percent, SHARE),
)
"""Label, name of the value, colour (those of the curves), how it is written, range of its sparkline."""


class LiveView(Observer):
    """Keeps a picture of the run in place, drawn anew four times a second by rich's own thread.

    `tick` and `event` only remember, so that training never waits for a terminal. `end` leaves the last
    picture behind; where it is never called, the cursor comes back when the process ends.

    Args:
        console: a terminal.
        clock: seconds, for tests.
        from_outside: another process trains, and nobody knows here how long it took.
    """

    def __init__(
        self, console: Console, clock: Callable[[], float] = time.monotonic, *, from_outside: bool = False
    ) -> None:
        self._console = console
        self._from_outside = from_outside
        self._clock = clock
        self._live: Live | None = None
        self._start: RunStart | None = None
        self._started_at = self._ticked_at = clock()
        self._tick: Tick | None = None
        self._history: dict[str, deque[float]] = {}
        self._scores: dict[str, deque[float]] = {}
        self._events: deque[Event] = deque(maxlen=LAST_EVENTS)
        self._status = ""

    def start(self, start: RunStart) -> None:
        """Print the notes and how large the networks are, and begin to draw."""
        self._start = start
        self._started_at = self._ticked_at = self._clock()
        for note in start.notes:
            self._console.print(Text.assemble(("note ", "bold yellow"), plain_text(note)))
        if start.parameters:
            self._console.print(Text(sizes(start.parameters), style="dim"))
        self._live = Live(get_renderable=self.picture, console=self._console, refresh_per_second=REFRESHES_PER_S)
        self._live.start(refresh=True)
        atexit.register(self._live.stop)

    def tick(self, tick: Tick) -> None:
        """Remember the numbers."""
        for name, value in tick.values.items():
            self._history.setdefault(name, deque(maxlen=HISTORY)).append(value)
        self._tick, self._ticked_at = tick, self._clock()

    def event(self, event: Event) -> None:
        """Remember the event, the last one of the decisions, and the scores of an evaluation."""
        known = self._start is not None and event.kind == "note" and event.message in self._start.notes
        if event.kind not in LEFT_OUT and not known:
            others = (other for other in self._events if not other.kind == event.kind == "decision")
            self._events = deque([*others, event], maxlen=LAST_EVENTS)
        scores = event.data.get("scores") if event.kind == "evaluation" else None
        if isinstance(scores, Mapping):
            for name, value in scores.items():
                self._scores.setdefault(str(name), deque(maxlen=HISTORY)).append(value)

    def end(self, status: str) -> None:
        """Draw for the last time."""
        self._status = status
        if self._live is not None:
            atexit.unregister(self._live.stop)
            self._live.stop()
            self._live = None

    def picture(self) -> RenderableType:
        """The run as it stands, in about 20 rows."""
        if self._start is None:
            return Text("")
        parts: list[RenderableType] = [
            Text(plain_text(self._start.title), style="bold", no_wrap=True, overflow="ellipsis"),
            self._progress(self._start),
        ]
        if self._tick is not None:
            parts += [Padding(self._numbers(self._tick), (1, 0, 0, 0))]
        if self._events:
            parts += [Padding(self._news(), (1, 0, 0, 0))]
        return Group(*parts)

    def _progress(self, start: RunStart) -> RenderableType:
        images = self._tick.images if self._tick else start.images
        total = start.total_images  # 0: of a run that another process trains, and that does not say
        row = Table.grid(expand=True, padding=(0, 2, 0, 0))
        row.add_column(ratio=1)
        for _ in range(4):
            row.add_column(justify="right", no_wrap=True)
        row.add_row(
            ProgressBar(total=total or None, completed=images, complete_style="dodger_blue1", finished_style="green"),
            f"{images / total:.0%}" if total else "",
            kimg_of(images, total),
            f"{number(self._tick.images_per_s, 0)} img/s" if self._tick else "",
            Text(self._time(start, images), style="bold"),
        )
        return row

    def _time(self, start: RunStart, images: int) -> str:
        now = self._clock()
        if self._status and self._from_outside:
            return plain_text(self._status)
        if self._status:
            return f"{plain_text(self._status)} in {duration(now - self._started_at)}"
        if images <= start.images or not start.total_images:
            return f"{duration(now - self._started_at)} so far"
        # The mean since the start, evaluations and checkpoints included, is what the rest will take.
        per_image = (self._ticked_at - self._started_at) / (images - start.images)
        left = per_image * (start.total_images - images) - (now - self._ticked_at)
        return f"{duration(left)} left"

    def _numbers(self, tick: Tick) -> RenderableType:
        table = Table.grid(expand=True, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, max_width=28, overflow="ellipsis", style="dim")
        table.add_column(no_wrap=True, justify="right", min_width=7, style="bold")
        table.add_column(no_wrap=True, ratio=1)
        width = 0 if self._console.options.ascii_only else max(0, self._console.width - 45)
        for label, name, colour, written, limits in ROWS:
            if name in self._history:
                line = sparkline(tuple(self._history[name]), width, limits)
                table.add_row(label, written(tick.values.get(name)), Text(line, style=colour))
        for name, scores in list(self._scores.items())[:MAX_SCORES]:
            line = sparkline(tuple(scores), width) if len(scores) > 1 else ""
            table.add_row(Text(plain_text(name)), number(scores[-1]), Text(line, style="cyan"))
        if not tick.verdict:
            return table
        verdict = Text(plain_text(tick.verdict), style="bold", no_wrap=True, overflow="ellipsis")
        return Group(table, Text.assemble(("verdict  ", "dim"), verdict, no_wrap=True, overflow="ellipsis"))

    def _news(self) -> RenderableType:
        table = Table.grid(expand=True, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, justify="right", style="dim")
        table.add_column(no_wrap=True, ratio=1, overflow="ellipsis")
        for event in tuple(self._events):
            message = f"{event.kind}: {event.message}" if event.kind == "fault" else event.message
            table.add_row(f"step {event.step:,}", Text(plain_text(message), style=STYLES.get(event.kind, "")))
        return table
