"""Files nobody should trust, read by the verbs people use: clear errors, nothing written outside, no code runs."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hostile_bytes import payloads

READ = Path(__file__).with_name("read_files.py")


def read_all(sandbox: Path, *options: str) -> dict[str, Any]:
    sandbox.mkdir()
    own = {"GANZOO_CACHE": sandbox / "cache", "TMPDIR": sandbox / "tmp", "HOME": sandbox / "home"}
    own["TORCHINDUCTOR_CACHE_DIR"] = sandbox / "tmp" / "inductor"  # torch sets it for the children of who has exported
    for folder in own.values():
        folder.mkdir()
    environment = {**os.environ, **{name: str(path) for name, path in own.items()}, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(READ), str(sandbox), *options]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=1800)
    assert done.returncode == 0, done.stderr[-2000:]
    summary: dict[str, Any] = json.loads(done.stdout[done.stdout.index('{\n "cases"') :])
    return summary


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What reading them came to."""
    return read_all(tmp_path_factory.mktemp("hostile") / "sandbox")


def test_there_are_hundreds_of_them_and_most_are_refused(summary):
    assert sum(summary["cases"].values()) >= 600
    assert min(summary["cases"][kind] for kind in ("image", "zip", "config", "run")) >= 80
    refused = sum(count for code, count in summary["codes"].items() if code.endswith((" 1", " 2")))
    assert refused > 200


def test_each_ends_with_an_answer_or_an_error_of_ours(summary):
    assert summary["failures"] == []


def test_nothing_is_written_or_changed_outside_and_nothing_is_started(summary):
    assert summary["broken"] == []
    assert summary["changed"] == []


def test_no_code_runs(summary):
    assert summary["canary"] is False


def test_memory_stays_under_2_gb(summary):
    assert summary["peak_mb"] < 1900


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("GANZOO_SLOW_TESTS"), reason="some minutes; set GANZOO_SLOW_TESTS=1")
def test_every_verb_on_every_run(tmp_path):
    found = read_all(tmp_path / "sandbox", "--all-verbs")
    assert (found["failures"], found["broken"], found["changed"], found["canary"]) == ([], [], [], False)
    assert found["peak_mb"] < 1900


@pytest.mark.parametrize("kind", ["pickle", "torch zip", "torch legacy"])
def test_the_payloads_would_run_code_where_they_are_unpickled(kind, tmp_path):
    import io

    import torch

    canary = tmp_path / "canary"
    data = payloads(canary)[kind]
    if kind == "pickle":
        pickle.loads(data)
    else:
        torch.load(io.BytesIO(data), weights_only=False)
    assert canary.exists()
