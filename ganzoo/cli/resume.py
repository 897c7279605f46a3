"""`ganzoo resume`: go on where a run stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli import options as o
from ganzoo.cli.run import Json, Quiet

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Run directory.")]
Fork = Annotated[Path | None, typer.Option(help="Start a new run there, from the checkpoint; RUN stays as it is.")]
From = Annotated[str, typer.Option("--checkpoint", help="With --fork: latest, best, or a step.")]


def resume(
    run: RunPath,
    epochs: o.Epochs = None,
    steps: o.Steps = None,
    stop_when: o.StopWhen = None,
    settings: o.Settings = None,
    fork: Fork = None,
    checkpoint: From = "latest",
    processes: o.Processes = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Go on with a run, exactly where it would have gone on. --epochs makes it longer, --fork takes other settings."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.ending import print_ending, watchers
    from ganzoo.cli.processes import in_processes
    from ganzoo.config.overrides import parse_set

    installed()
    if in_processes(processes, alone=fork is not None):
        return
    named = {"epochs": epochs, "steps": steps, "stop_when": stop_when or None}
    given = [*api.option_overrides(named, prefix="--"), *map(parse_set, settings or ())]
    done = api.go_on(run, given, fork, checkpoint, watchers(quiet=quiet, as_json=json))
    print_ending(done, quiet=quiet, as_json=json)
