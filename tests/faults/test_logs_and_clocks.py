"""Lines that were cut short or lost, and clocks that jump."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from a_tiny_run import Signals, events, numbers, train, weights

import ganzoo


@pytest.fixture
def interrupted(photos: Path, tmp_path: Path) -> Path:
    """A run that stopped after six of twelve steps."""
    with pytest.raises(ganzoo.Interrupted):
        train(photos, tmp_path / "run", Signals(6, signal.SIGINT))
    return tmp_path / "run"


@pytest.mark.parametrize("log", ["metrics.jsonl", "events.jsonl"])
def test_a_line_that_a_kill_cut_short_is_gone_after_the_resume(interrupted: Path, finished: Path, log: str) -> None:
    with (interrupted / log).open("a") as file:
        file.write('{"step": 7, "ima')
    ganzoo.resume(interrupted)
    assert '"ima\n' not in (interrupted / log).read_text()
    assert numbers(interrupted) == numbers(finished)


@pytest.mark.parametrize("left", [0, 40])
def test_a_log_that_someone_shortened_is_said_and_costs_no_training(
    interrupted: Path, finished: Path, left: int
) -> None:
    metrics = interrupted / "metrics.jsonl"
    metrics.write_bytes(metrics.read_bytes()[:left])
    ganzoo.resume(interrupted)
    assert weights(interrupted) == weights(finished)
    [fault] = events(interrupted, "fault")
    assert "metrics.jsonl lacks its last" in str(fault["message"])
    assert numbers(interrupted) == numbers(finished)[2:], "what comes after is whole"


def backwards() -> Callable[[], float]:
    """A clock that loses an hour at each look."""
    now = [1e9]

    def look() -> float:
        now[0] -= 3600.0
        return now[0]

    return look


@pytest.mark.parametrize("clock", ["time", "perf_counter", "monotonic"])
def test_a_clock_that_runs_backwards_changes_nothing_but_the_speed_shown(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(f"time.{clock}", backwards())
        run = train(photos, tmp_path / "run")
    assert weights(run) == weights(finished)
    assert numbers(run) == numbers(finished)
    speeds = [line["images_per_s"] for line in ganzoo.Run(run).metrics]
    assert all(speed >= 0 for speed in speeds)
