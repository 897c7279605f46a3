"""`ganzoo data`: look at images before training on them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Look at images before training on them.", no_args_is_help=True)


@app.callback()
def data() -> None:
    """Look at images before training on them."""  # without it, one verb alone would be the whole group


@app.command()
def check(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder or zip of images.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    fail_above: Annotated[
        float, typer.Option(min=0, max=1, help="Share of bad files above which the check fails, exit code 1.")
    ] = 0.05,
    max_pixels: Annotated[
        int, typer.Option(min=1, help="An image that claims more is left out, as by data.max_pixels.")
    ] = 100_000_000,
) -> None:
    """Say what training would leave out. Reads every image: what comes twice, sizes, colours, classes."""
    from ganzoo import api
    from ganzoo.cli.common import print_json
    from ganzoo.cli.views.checked import print_checked
    from ganzoo.cli.views.reading import shown_progress

    with shown_progress(sys.stderr) as progress:
        found = api.check_data(path, max_pixels=max_pixels, progress=progress)
    facts = found.as_dict(fail_above)
    if json:
        print_json(facts)
    else:
        print_checked(facts, sys.stdout)
    if not facts["ok"]:
        raise typer.Exit(1)
