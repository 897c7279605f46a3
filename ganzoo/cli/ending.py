"""Who watches a run in the terminal, and what is printed when it is over."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from ganzoo.cli.text import plain_text
from ganzoo.cli.views import choose_view

if TYPE_CHECKING:
    from ganzoo.api import Run
    from ganzoo.contracts import Observer


def watchers(*, quiet: bool, as_json: bool) -> list[Observer]:
    """The view that fits the terminal, or none."""
    view = choose_view(quiet=quiet, as_json=as_json, stream=sys.stdout)
    return [view] if view is not None else []


def print_ending(run: Run, *, quiet: bool, as_json: bool) -> None:
    """The files to open, and the next lines to type.

    Of several processes the first says it, for all: to the others the run's files may be on another machine.
    """
    from ganzoo.training.launching import place

    if as_json or place() > 0:
        return
    write = sys.stdout.write
    if quiet:
        write(plain_text(run.path) + "\n")
        return
    if run.scores:
        write("\nscores:\n")
    for name, score in run.shown_scores.items():
        write(plain_text(f"  {name:<28} {score}") + "\n")
    if run.memorising:
        write(plain_text(f"  {run.memorising['message']}") + "\n")
    write("\nopen:\n")
    for path in run.report.values():
        write(plain_text(f"  {path}") + "\n")
    write("\nnext:\n")
    write(plain_text(f"  ganzoo sample {shlex.quote(str(run.path))} -n 64 --out samples/") + "\n")
    write(plain_text(f"  {_on_your_own(run)}") + "\n")


def _on_your_own(run: Run) -> str:
    """The whole configuration on the user's images: a composition's loss and networks too, not only its levers."""
    return f"ganzoo run --config {shlex.quote(str(run.directory.config))} --data YOUR_PHOTOS/"
