"""Looking around is quick: what needs no training imports no torch."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "torchvision", "numpy", "matplotlib", "PIL", "torchmetrics", "torch_fidelity")
ASK_AT_EXIT = f"""
import atexit, os, sys
atexit.register(lambda: open(os.environ["IMPORTED"], "w").write(" ".join(n for n in {HEAVY!r} if n in sys.modules)))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--help",),
        ("run", "--help"),
        ("list",),
        ("list", "balance", "--json"),
        ("show", "dcgan"),
        ("show", "balance", "d-skip", "--json"),
        ("plugins",),
        ("config", "resolve", "dcgan", "--balance", "d-skip"),
        ("config", "schema"),
    ],
    ids=" ".join,
)
def test_a_verb_that_trains_nothing_imports_no_torch(run_cli, tmp_path: Path, monkeypatch, arguments):
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(ASK_AT_EXIT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hook"))
    monkeypatch.setenv("IMPORTED", str(tmp_path / "imported"))
    ended = run_cli(*arguments)
    assert ended.code == (2 if not arguments else 0)
    assert (tmp_path / "imported").read_text() == ""


def test_the_hook_would_see_torch(run_cli, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("IMPORTED", str(tmp_path / "imported"))
    (tmp_path / "sitecustomize.py").write_text(ASK_AT_EXIT + "import torch")
    assert run_cli("--help").code == 0
    assert "torch" in (tmp_path / "imported").read_text().split()


def test_importing_ganzoo_imports_next_to_nothing(run_cli, tmp_path: Path):
    import subprocess

    ask = "import ganzoo, sys; print(*sorted(n for n in ('torch', 'pydantic', 'typer', 'rich') if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == []
