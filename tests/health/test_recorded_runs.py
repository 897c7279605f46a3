"""What the doctor says of two real runs: the plain one is overpowered within 1,000 steps, the steady one is well.

It needs `recorded/vanilla.jsonl` and `recorded/steady.jsonl` beside this file: the metrics.jsonl of the two runs of
docs/how-to/fix-a-run.md, at 64 px, at least 1,000 steps each, with the default ticks. A run that is not recorded is
skipped, and says so.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ganzoo
from ganzoo.contracts.ailments import Ailment
from ganzoo.health.diagnosis import Diagnosis
from ganzoo.runs.logs import read_lines

RECORDED = Path(__file__).parent / "recorded"
STEPS = 1000


def recorded(name: str) -> Path:
    path = RECORDED / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"needs {path.relative_to(Path(__file__).parents[2])}: the metrics.jsonl of a real {name} run")
    return path


def diagnosed_at(path: Path, step: int, folder: Path) -> Diagnosis:
    """What `ganzoo doctor` says where the run has come to this step."""
    ticks = [tick for tick in read_lines(path) if tick["step"] <= step]
    assert ticks[-1]["step"] > step - 100, f"{path.name} is of a run shorter than {step} steps"
    beginning = folder / "metrics.jsonl"
    beginning.write_text("".join(f"{json.dumps(tick)}\n" for tick in ticks), encoding="utf-8")
    return ganzoo.diagnose(beginning)


def test_the_vanilla_run_is_overpowered_within_a_thousand_steps(tmp_path: Path) -> None:
    diagnosis = diagnosed_at(recorded("vanilla"), STEPS, tmp_path)
    overpowered = [v for v in diagnosis.verdicts if v.ailment is Ailment.DISCRIMINATOR_OVERPOWERS]
    assert overpowered, diagnosis.sentence()
    assert {"accuracy", "loss_share_generator"} <= {evidence.signal for evidence in overpowered[0].evidence}
    assert diagnosis.advice


def test_the_doctor_is_silent_on_the_steady_run(tmp_path: Path) -> None:
    path = recorded("steady")
    assert diagnosed_at(path, STEPS, tmp_path).verdict.name == "healthy"
    whole = ganzoo.diagnose(path)
    assert [str(verdict) for verdict in whole.verdicts if verdict.ailment] == []
    assert not whole.advice
