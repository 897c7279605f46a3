"""How far the reading of many files is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def shown_progress(stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """Yields what is told (files done, files in all): a bar from the first file to the last, in a terminal alone."""
    console = Console(file=stream)
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task("", total=None)

    def show(done: int, of: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=of)
        if done == of:
            bar.stop()  # the screen is free for what is shown next

    try:
        yield show
    finally:
        bar.stop()
