"""`ganzoo report`: a run on one page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Run directory, of a finished run or not.")]
Out = Annotated[Path | None, typer.Option(help="The HTML file; by default report.html in the run directory.")]
Open = Annotated[bool, typer.Option("--open", help="Show it in the browser.")]


def report(run: RunPath, out: Out = None, show: Open = False) -> None:
    """Write report.html: samples, curves, scores, what happened. One file that needs no network."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.text import plain_text

    installed()
    path = api.write_report(run, out)
    sys.stdout.write(plain_text(path) + "\n")
    if show:
        import webbrowser

        if not webbrowser.open(path.resolve().as_uri()):
            sys.stderr.write("no browser was found: open the file yourself\n")
