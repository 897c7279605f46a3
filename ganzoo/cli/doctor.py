"""`ganzoo doctor`: what went wrong in a run, and what to try."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def doctor(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run directory, or any metrics.jsonl.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say whether a run is healthy, why not, and what to try."""
    from ganzoo import api
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.text import plain_text

    installed()
    diagnosis = api.diagnose(run)
    if json:
        print_json(diagnosis.as_dict())
        return
    for verdict in diagnosis.verdicts:
        sys.stdout.write(plain_text(f"step {verdict.step:>8,}  {verdict}") + "\n")
    apart = "\n" if diagnosis.verdicts else ""
    sys.stdout.write(apart + plain_text(diagnosis.sentence()) + "\n")
    if diagnosis.advice:
        sys.stdout.write("try:\n")
    for advice in diagnosis.advice:
        sys.stdout.write(plain_text(f"  {advice.flag:<28} {advice.why}") + "\n")
