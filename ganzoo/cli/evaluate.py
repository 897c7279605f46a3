"""`ganzoo evaluate`: score a run."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ganzoo.cli import options as o
from ganzoo.cli.resume import RunPath

Images = Annotated[int | None, typer.Option("--images", "-n", min=2, help="Generated images.")]
Which = Annotated[str, typer.Option("--checkpoint", help="latest, best, or a step's name.")]


def evaluate(
    run: RunPath,
    metric: o.MetricParts = None,
    images: Images = None,
    checkpoint: Which = "latest",
    json: Annotated[bool, typer.Option("--json", help="Scores and protocol as JSON.")] = False,
) -> None:
    """Score a run's generator against the images it was trained on."""
    from ganzoo import api
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.text import plain_text

    installed()
    evaluation = api.evaluate(run, metrics=metric or (), images=images, checkpoint=checkpoint)
    if json:
        print_json(evaluation.as_dict())
        return
    for name, score in evaluation.scores.items():
        sys.stdout.write(plain_text(f"{name:<28} {score:.4g}") + "\n")
