"""Several processes keep summaries in one folder at a time; nobody ever reads half a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch

from ganzoo.evaluation.statistics import StatisticsCache, content_key

KEY = content_key(data="avatars")
SIZE = 4_000
WRITER = f"""
import sys, torch
from pathlib import Path
from ganzoo.evaluation.statistics import StatisticsCache

def complain(note):
    sys.exit(note)

cache = StatisticsCache(Path(sys.argv[1]), complain)
value = float(sys.argv[2])
for _ in range(40):
    cache.write({KEY!r}, {{"mean": torch.full(({SIZE},), value)}})
    found = cache.read({KEY!r})
    if found is None or found["mean"].unique().numel() != 1:
        sys.exit("read what nobody wrote")
"""


def test_two_processes_that_write_one_summary_leave_one_of_the_two_and_no_half_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), "1"]
    other = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    notes: list[str] = []
    cache = StatisticsCache(tmp_path, notes.append)
    seen = set()
    while other.poll() is None:
        cache.write(KEY, {"mean": torch.full((SIZE,), 2.0)})
        found = cache.read(KEY)
        assert found is not None
        seen.update(found["mean"].unique().tolist())
    assert (other.wait(), other.communicate()[1]) == (0, "")
    assert seen <= {1.0, 2.0}
    assert notes == []
    assert [path.name for path in tmp_path.iterdir()] == [cache.path(KEY).name]


def test_a_summary_is_found_by_what_it_was_computed_from_alone() -> None:
    assert content_key(a=1, b=[2]) == content_key(b=[2], a=1)
    assert content_key(a=1) != content_key(a=2)
