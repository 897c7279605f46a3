"""`ganzoo evaluate`: score a run, one of its checkpoints, or any images against any others."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ganzoo.cli import options as o
from ganzoo.cli.common import complete_dataset

Scored = Annotated[
    str,
    typer.Argument(
        metavar="RUN|CHECKPOINT|FOLDER|ZIP", help="A run, a checkpoint's folder in it, or images: a folder or a zip."
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        help="Real images: a folder, a zip, or a data set's name. Of a run: by default its own.",
        autocompletion=complete_dataset,
    ),
]
Images = Annotated[int | None, typer.Option("--images", "-n", min=2, help="Generated images.")]
ImageSize = Annotated[
    int | None,
    typer.Option(help="Of images from files: pixels of both sides; by default the median of their shorter sides."),
]
Which = Annotated[str, typer.Option("--checkpoint", help="latest, best, or a step.")]


def evaluate(
    scored: Scored,
    against: Against = None,
    metric: o.MetricParts = None,
    images: Images = None,
    checkpoint: Which = "latest",
    image_size: ImageSize = None,
    json: Annotated[bool, typer.Option("--json", help="Scores and protocol as JSON.")] = False,
) -> None:
    """Score a run's generator, or images in a folder or zip. ganzoo evaluate made/ --against real/ --metric fd."""
    from ganzoo import api
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.text import plain_text

    installed()
    evaluation = api.evaluate(
        scored, metrics=metric or (), images=images, checkpoint=checkpoint, against=against, image_size=image_size
    )
    if json:
        print_json(evaluation.as_dict())
        return
    for name, score in evaluation.shown().items():
        sys.stdout.write(plain_text(f"{name:<28} {score}") + "\n")
    for note in evaluation.notes:
        sys.stderr.write(plain_text(f"note: {note}") + "\n")
