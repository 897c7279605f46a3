"""`ganzoo project`: from an image to the latent that comes nearest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.evaluate import Which
from ganzoo.cli.sample import ClassName, Source


def project(
    run: Source,
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="An image file.")],
    out: Annotated[Path, typer.Option(help="Picture of both; the style goes beside it.")] = Path("projected.png"),
    steps: Annotated[int, typer.Option(min=1, help="Of the search.")] = 300,
    one_class: ClassName = None,
    features: Annotated[bool, typer.Option("--features", help="Compare what D sees, too; slower.")] = False,
    checkpoint: Which = "latest",
) -> None:
    """Find the latent of an image: ganzoo project RUN face.png. The picture shows it and the nearest that G makes."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.text import plain_text

    installed()
    found = api.project(run, image, out=out, steps=steps, label=one_class, features=features, checkpoint=checkpoint)
    sys.stdout.write(f"{plain_text(out)}\nroot mean square difference {found.distance:.1f} of 255\n")
