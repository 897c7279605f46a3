"""`ganzoo export`: a trained generator for elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.evaluate import Which
from ganzoo.cli.resume import RunPath

FormatName = Annotated[str, typer.Option("--format", help="safetensors, onnx, or torch-export.")]


def export(
    run: RunPath,
    form: FormatName = "safetensors",
    out: Annotated[Path | None, typer.Option(help="Folder; by default RUN/export/FORMAT.")] = None,
    checkpoint: Which = "latest",
) -> None:
    """Write the generator to a folder, with a model card. ganzoo export RUN --format onnx."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.text import plain_text

    installed()
    done = api.export(run, form, out=out, checkpoint=checkpoint)
    sys.stdout.write(plain_text(done.path) + "\n")
    sys.stderr.write(
        f"compared with the original on 64 latents: largest difference {done.difference:.1g}\n"
        "README.md is a model card; its licence is a placeholder: choose one before you publish\n"
    )
