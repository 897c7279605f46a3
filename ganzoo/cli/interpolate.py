"""`ganzoo interpolate`: a walk through the latents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.evaluate import Which
from ganzoo.cli.sample import ClassName, Source, Truncation

Seeds = Annotated[str, typer.Option(help="Where the walk goes: two seeds or more, by commas.")]
Frames = Annotated[int, typer.Option(min=1, help="Frames from one seed to the next.")]


def interpolate(
    run: Source,
    out: Annotated[Path, typer.Option(help="The file: .gif, or .mp4.")] = Path("walk.gif"),
    seeds: Seeds = "0,1,2,3",
    frames: Frames = 24,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Images walking side by side.")] = 9,
    truncation: Truncation = 1.0,
    one_class: ClassName = None,
    loop: Annotated[bool, typer.Option("--loop/--no-loop", help="Back to the first seed, without a seam.")] = True,
    fps: Annotated[
        float, typer.Option(help="Frames a second; a GIF shows each for whole hundredths of a second.")
    ] = 24.0,
    checkpoint: Which = "latest",
) -> None:
    """Walk from seed to seed along arcs, as a GIF or MP4. ganzoo interpolate RUN --out walk.gif."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.text import plain_text

    installed()
    written = api.interpolate(
        run, out, seeds=_numbers(seeds), frames=frames, count=count, truncation=truncation, label=one_class,
        closed=loop, fps=fps, checkpoint=checkpoint,
    )  # fmt: skip
    sys.stdout.write(plain_text(written) + "\n")


def _numbers(text: str) -> list[int]:
    from ganzoo.errors import UsageError

    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise UsageError(f"--seeds {text}: it takes whole numbers from 0 on, by commas", hint="--seeds 0,1,2,3")
    return [int(part) for part in parts]
