"""`ganzoo resume`: go on where a run stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli import options as o
from ganzoo.cli.run import Json, Quiet

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Run directory.")]


def resume(
    run: RunPath, epochs: o.Epochs = None, steps: o.Steps = None, quiet: Quiet = False, json: Json = False
) -> None:
    """Go on with a run, exactly where it would have gone on; --epochs makes it longer."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.ending import print_ending, watchers

    installed()
    done = api.resume(run, epochs=epochs, steps=steps, observers=watchers(quiet=quiet, as_json=json))
    print_ending(done, quiet=quiet, as_json=json)
