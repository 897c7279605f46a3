"""The runs that are played with are those that are exported."""

from __future__ import annotations

import runpy
from pathlib import Path

shared = runpy.run_path(str(Path(__file__).parents[1] / "playing" / "conftest.py"))
animals, plain_run, labelled_run = shared["animals"], shared["plain_run"], shared["labelled_run"]
