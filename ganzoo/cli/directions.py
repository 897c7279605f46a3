"""`ganzoo directions`: what changes an image most."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.evaluate import Which
from ganzoo.cli.sample import ClassName, Source


def directions(
    run: Source,
    out: Annotated[Path, typer.Option(help="The strip; the numbers go beside it.")] = Path("directions.png"),
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Directions, a row each.")] = 6,
    reach: Annotated[float, typer.Option(help="To either side, in standard deviations of the latents.")] = 3.0,
    columns: Annotated[int, typer.Option(help="Images in a row, an odd number.")] = 7,
    seed: Annotated[int, typer.Option(min=0, help="Of the image in the middle.")] = 0,
    one_class: ClassName = None,
    checkpoint: Which = "latest",
) -> None:
    """Show the directions of the latent that change images most. Each is a row of a strip: ganzoo directions RUN."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.text import plain_text

    installed()
    found = api.directions(
        run, out=out, count=count, reach=reach, columns=columns, seed=seed, label=one_class, checkpoint=checkpoint
    )
    sys.stdout.write(plain_text(out) + "\n")
    for row, effect in enumerate(found.effects.tolist(), start=1):
        sys.stdout.write(f"  {row}  a step of 1 changes a pixel by {127.5 * effect:.1f} of 255\n")
