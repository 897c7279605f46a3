"""A run in a notebook: a line of progress and the latest grid, in place."""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from ganzoo.contracts.observer import Observer

if TYPE_CHECKING:
    from ganzoo.contracts.observer import Event, RunStart, Tick

EVERY_S = 1.0
"""Seconds between two pictures of the progress; what is drawn oftener makes a notebook slow."""


class Handle(Protocol):
    """A place in a notebook's output, as IPython's `DisplayHandle`."""

    def update(self, obj: object) -> None:
        """Show something else there."""


Show = Callable[[object], Handle]
"""Shows something, and answers with its place."""


class Html:
    """Something that a notebook shows as HTML."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_html_(self) -> str:
        return self.text


class NotebookView(Observer):
    """Shows a bar, the last numbers, the verdict and the latest grid; one output, updated.

    Args:
        show: shows something in the notebook; `in_notebook` finds it.
        clock: seconds, for tests.
    """

    def __init__(self, show: Show, clock: Callable[[], float] = time.monotonic) -> None:
        self._show = show
        self._clock = clock
        self._handle: Handle | None = None
        self._start: RunStart | None = None
        self._tick: Tick | None = None
        self._grid = ""
        self._said = ""
        self._status = ""
        self._drawn_at = float("-inf")

    def start(self, start: RunStart) -> None:
        """The title and an empty bar."""
        self._start = start
        self._handle = self._show(Html(self.picture()))

    def tick(self, tick: Tick) -> None:
        """The numbers, at most once a second."""
        self._tick = tick
        if self._clock() - self._drawn_at >= EVERY_S:
            self._draw()

    def event(self, event: Event) -> None:
        """The last score, verdict or fault in words."""
        if event.kind in ("evaluation", "verdict", "fault"):
            self._said = event.message
            self._draw()

    def images(self, step: int, path: Path) -> None:
        """The grid, small enough for a notebook that is saved with it."""
        from ganzoo.data.contents import Unreadable
        from ganzoo.report.page.pictures import single

        try:
            self._grid = (
                f'<img alt="samples at step {step:,}" style="max-width:100%" src="{single(path, 150_000).uri}">'
            )
        except Unreadable:  # the run says itself where a grid cannot be written
            self._grid = ""
        self._draw()

    def end(self, status: str) -> None:
        """How it ended."""
        self._status = status
        self._draw()

    def picture(self) -> str:
        """HTML of the run as it stands."""
        if self._start is None:
            return ""
        seen = self._tick.images if self._tick else self._start.images
        total = max(1, self._start.total_images)
        parts = [
            f"<b>{html.escape(self._start.title)}</b>",
            f'<progress max="{total}" value="{min(seen, total)}" style="width:100%"></progress>',
            html.escape(self._line(seen, total)),
            html.escape(self._said),
            self._grid,
        ]
        return "".join(f"<div>{part}</div>" for part in parts if part)

    def _line(self, seen: int, total: int) -> str:
        words = [self._status or f"{seen / total:.0%}", f"{seen / 1000:,.1f} of {total / 1000:,.1f} kimg"]
        if self._tick is not None:
            words.append(f"step {self._tick.step:,}")
            words.append(f"{self._tick.images_per_s:.0f} img/s")
            for label, name in (("loss D", "loss_discriminator"), ("loss G", "loss_generator")):
                if name in self._tick.values:
                    words.append(f"{label} {self._tick.values[name]:.3g}")
            words.append(self._tick.verdict)
        return " · ".join(word for word in words if word)

    def _draw(self) -> None:
        if self._handle is not None:
            self._handle.update(Html(self.picture()))
            self._drawn_at = self._clock()


def in_notebook() -> Show | None:
    """How to show something in the notebook this runs in; None: there is none.

    IPython is not imported where nobody else did: who works in a notebook has it already.
    """
    ipython = cast(Any, sys.modules.get("IPython"))  # Any: a library that need not be there
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or "IPKernelApp" not in shell.config:  # a terminal's IPython shows no HTML
        return None
    display = ipython.display.display

    def show(thing: object) -> Handle:
        return cast(Handle, display(thing, display_id=True))

    return show
