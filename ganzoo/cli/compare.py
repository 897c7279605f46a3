"""`ganzoo compare`: runs side by side, in the terminal and as a page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN ...", help="Run directories, two or more.")],
    html: Annotated[Path | None, typer.Option(help="Write a page to this file: curves, samples, protocols.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show what differs between runs, and what came of it. ganzoo compare RUN RUN --html compared.html."""
    from ganzoo import api
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.text import plain_text
    from ganzoo.cli.views.comparison import print_comparison

    installed()
    comparison = api.compare(runs, html=html)
    if json:
        print_json(comparison.as_dict())
        return
    print_comparison(comparison)
    if html is not None:
        sys.stdout.write(f"\n{plain_text(html)}\n")
