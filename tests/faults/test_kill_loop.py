"""The short form of `python tests/faults/kill_loop.py --kills 50`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("kill_loop.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the script forks")
def test_killed_at_random_moments_a_run_ends_where_the_uninterrupted_one_does(tmp_path: Path) -> None:
    """In a process of its own: it forks, and this one may have threads by now."""
    words = ["--kills", "4", "--steps", "24", "--variants", "1"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, SCRIPT, *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kills                 4" in done.stdout
    assert "differences           0" in done.stdout
