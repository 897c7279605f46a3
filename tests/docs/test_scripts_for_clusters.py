"""`sh` blocks: scripts for machines that tests do not have, run with stand-ins for what those machines have.

A stand-in for `ganzoo` writes down what it was called with; all of that the real command line must take.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import check_taken
from conftest import Block

STAND_INS = {
    "ganzoo": """{ printf '%q ' "$@"; echo; } >> "$HOME/calls"
        while [ $# -gt 0 ]; do
          if [ "$1" = --out ]; then mkdir -p "$2"; touch "$2/config.toml"; fi
          shift
        done
        exit "$ENDS_WITH\"""",
    "srun": 'exec "$@"',
    "torchrun": 'while [ "$1" != -m ]; do shift; done; shift; exec "$@"',
    "scontrol": 'echo "$*" >> "$HOME/scontrol"; echo node-1',
    "rclone": "exit 0",
    "sleep": '[ ! -e "$HOME/slept" ] && touch "$HOME/slept"',  # once: a loop around it ends
}
SCHEDULER = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_ID": "17", "SLURM_CPUS_PER_TASK": "8", "SLURM_JOB_NODELIST": "n"}


@dataclass(frozen=True)
class Machine:
    """A folder with the stand-ins, and photos in the places that scripts name."""

    home: Path

    def run(self, block: Block, ends_with: int = 0) -> subprocess.CompletedProcess[str]:
        """The block's script; each `ganzoo` in it ends with that code."""
        variables = {"PATH": f"{self.home / 'bin'}:/usr/bin:/bin", "HOME": str(self.home), "USER": "me"}
        return subprocess.run(
            ["bash", "-c", block.text.replace("/shared/", f"{self.home}/shared/")],
            cwd=self.home,
            env={**variables, **SCHEDULER, "ENDS_WITH": str(ends_with)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def calls(self) -> list[list[str]]:
        """The words of each `ganzoo` so far."""
        written = self.home / "calls"
        return [shlex.split(line) for line in written.read_text().splitlines()] if written.exists() else []


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Machine:
    if shutil.which("bash") is None:
        pytest.skip("no bash")
    for folder in ("bin", "shared", "photos"):
        (tmp_path / folder).mkdir()
    (tmp_path / "shared" / "photos.zip").touch()
    for name, body in STAND_INS.items():
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/bash\n{body}\n")
        program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return Machine(tmp_path)


def test_every_script_runs_and_calls_ganzoo_with_what_it_takes(blocks, machine):
    scripts = [block for block in blocks if block.language == "sh"]
    assert scripts
    for block in scripts:
        before = len(machine.calls())
        for _ in ("begun", "gone on with"):
            done = machine.run(block)
            assert done.returncode == 0, f"{block.page}: {done.stderr}\n{block.text}"
            assert not done.stderr, f"{block.page}: {done.stderr}\n{block.text}"
        called = len(machine.calls()) - before
        assert called >= 2 or "ganzoo " not in block.text, f"{block.page}: {block.text}"
    for words in machine.calls():
        check_taken("a script", words)


@pytest.mark.parametrize("title", ["train.sbatch", "seeds.sbatch"])
def test_a_job_that_is_cut_off_queues_itself_again_and_goes_on(title, blocks, machine):
    [block] = [block for block in blocks if block.title == title]
    assert machine.run(block, ends_with=143).returncode == 143
    assert "requeue 17" in (machine.home / "scontrol").read_text()
    assert machine.run(block).returncode == 0
    first, second = machine.calls()
    assert (first[0], second) == ("run", ["resume", first[first.index("--out") + 1]])
