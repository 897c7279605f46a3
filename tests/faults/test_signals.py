"""SIGINT and SIGTERM: once, save and leave; twice, leave now."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from a_tiny_run import SETTINGS, Signals, events, numbers, train, weights

import ganzoo

CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.mark.parametrize(("number", "code"), CODES)
def test_one_signal_finishes_the_step_saves_and_names_the_way_on(
    photos: Path, finished: Path, tmp_path: Path, number: int, code: int
) -> None:
    out = tmp_path / "run"
    with pytest.raises(ganzoo.Interrupted) as stopped:
        train(photos, out, Signals(6, number))
    assert stopped.value.exit_code == code
    assert f"ganzoo resume {out}" in stopped.value.hint
    assert (out / "checkpoints" / "latest").read_text() == "step-00000006"
    assert events(out, "end")[-1]["message"] == "interrupted"
    ganzoo.resume(out)
    assert weights(out) == weights(finished)
    assert numbers(out) == numbers(finished)


@pytest.mark.parametrize(("number", "code"), CODES)
def test_two_signals_leave_at_once_and_the_run_stands_at_its_last_checkpoint(
    photos: Path,
    finished: Path,
    tmp_path: Path,
    cli: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: int,
) -> None:
    monkeypatch.setattr("ganzoo.cli.ending.watchers", lambda **_: [Signals(6, number, number)])
    settings = [f"--set={name}={'none' if value is None else value}" for name, value in SETTINGS.items()]
    levers = ["--balance", "d-skip:threshold=0.6,smoothing=0.5", "--balance", "lr-skew:ratio=0.5"]
    words = ["dcgan", "--preset", "try", "--data", str(photos), "--metric", "ssim:pairs=4", "--steps", "12"]
    ended = cli("run", *words, *levers, *(text.replace("True", "true") for text in settings), "--out", "run")
    out = tmp_path / "run"
    assert ended.code == code, ended.err
    assert "Traceback" not in ended.err
    assert (out / "checkpoints" / "latest").read_text() == "step-00000004"
    ganzoo.resume(out)
    assert weights(out) == weights(finished)
    assert numbers(out) == numbers(finished)


def test_after_the_run_signals_do_what_they_did_before(photos: Path, tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number, _ in CODES]
    with pytest.raises(ganzoo.Interrupted):
        train(photos, tmp_path / "run", Signals(3, signal.SIGTERM))
    assert [signal.getsignal(number) for number, _ in CODES] == before
