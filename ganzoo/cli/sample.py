"""`ganzoo sample`: draw images from a trained generator."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.evaluate import Which
from ganzoo.cli.resume import RunPath


def sample(
    run: RunPath,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Images.")] = 64,
    out: Annotated[Path, typer.Option(help="Folder to write to; made if missing.")] = Path("samples"),
    grid: Annotated[bool, typer.Option("--grid", help="One picture instead of a file an image.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same images.")] = 0,
    checkpoint: Which = "latest",
) -> None:
    """Draw images: ganzoo sample RUN -n 64 --out samples/ (--grid for one picture)."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.report.grid import write_grid
    from ganzoo.report.images import write_images

    installed()
    images = api.sample(run, count, seed, checkpoint)
    if grid:
        written = out / f"grid-seed{seed}.png"
        _folder(out)
        write_grid(images, written)
    else:
        _folder(out)
        write_images(images, out, f"seed{seed}")
        written = out
    sys.stdout.write(f"{written}\n")


def _folder(path: Path) -> None:
    from ganzoo.errors import UsageError

    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror}", hint="choose another --out") from error
