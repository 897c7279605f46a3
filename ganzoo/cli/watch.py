"""`ganzoo watch`: look at a run that another process trains."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Run directory.")]


def watch(run: RunPath) -> None:
    """Follow a run that another process trains. It may crash and be resumed meanwhile; Ctrl-C leaves."""
    import time

    from ganzoo.cli.views import choose_view
    from ganzoo.cli.views.following import Following
    from ganzoo.contracts import Observer
    from ganzoo.runs.directory import open_run

    def view() -> Observer:
        chosen = choose_view(quiet=False, as_json=False, stream=sys.stdout, from_outside=True)
        assert chosen is not None  # only `quiet` gives none
        return chosen

    following = Following(open_run(run), view, sys.stdout, whole=sys.stdout.isatty())
    try:
        while not following.look():
            time.sleep(following.pause_s)
    finally:
        following.leave()
