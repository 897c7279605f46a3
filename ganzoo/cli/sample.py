"""`ganzoo sample`: draw images from a trained generator."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.evaluate import Which

Source = Annotated[
    Path, typer.Argument(metavar="RUN", help="Run directory, or a folder written by `ganzoo export`, safetensors.")
]
Truncation = Annotated[float, typer.Option(min=0, help="1: as trained; towards 0: alike, and usually better.")]
ClassName = Annotated[str | None, typer.Option("--class", help="One class, by name or number, of a run with labels.")]


def sample(
    run: Source,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Images of each seed.")] = 64,
    out: Annotated[Path, typer.Option(help="Folder to write to; made if missing.")] = Path("samples"),
    grid: Annotated[bool, typer.Option("--grid", help="One picture instead of a file an image.")] = False,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, help="Same seed, same images; by default 0. Repeatable.")
    ] = None,
    truncation: Truncation = 1.0,
    one_class: ClassName = None,
    per_class: Annotated[bool, typer.Option("--per-class", help="Of each class, from the same latents.")] = False,
    checkpoint: Which = "latest",
) -> None:
    """Draw images: ganzoo sample RUN -n 64 --out samples/. --grid makes one picture of them. Points go into a table."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.text import plain_text

    installed()
    written = api.write_samples(
        run, out, count, seed or 0, checkpoint, truncation=truncation, label=one_class, per_class=per_class, grid=grid
    )
    for path in written:
        sys.stdout.write(plain_text(path) + "\n")
