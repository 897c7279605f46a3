"""What is beside training fails, memory is used up, clocks jump: training goes on, or ends with one message."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from test_loop import numbers, train, weights

import ganzoo
from ganzoo.contracts import Observer, Tick
from ganzoo.evaluation.evaluator import Evaluator
from ganzoo.runs.guarding import FAULTS_IN_A_ROW, Guard
from ganzoo.runs.logs import read_lines
from ganzoo.training.probe import Probe
from ganzoo.training.spent import Spent
from ganzoo.training.step import AdversarialStep

SCORED = {"evaluation.every_kimg": 0.016, "evaluation.budget": "none"}


def faults(run: Path) -> list[str]:
    return [str(event["message"]) for event in read_lines(run / "events.jsonl") if event["kind"] == "fault"]


def networks(run: Path) -> dict[str, str]:
    """The doctor's memory of the last grid aside."""
    return {name: digest for name, digest in weights(run).items() if not name.startswith("training")}


def fails(error: Exception) -> Callable[..., object]:
    def call(*_: object, **__: object) -> object:
        raise error

    return call


@pytest.fixture(scope="module")
def finished(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(photos, tmp_path_factory.mktemp("runs") / "finished").path


@pytest.mark.usefixtures("no_report")
@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("ganzoo.training.loop.sample_images", "drawing samples"),
        ("ganzoo.training.session.write_grid", "writing the grid"),
        ("ganzoo.training.loop.draw_pictures", "drawing the GIF and the curves"),
        ("ganzoo.training.loop.write_page", "writing report.html"),
        ("ganzoo.training.evaluating.stamp", "the evaluation"),
    ],
)
def test_training_is_not_lost_to_a_picture_a_score_or_a_page(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, what: str
) -> None:
    monkeypatch.setattr(where, fails(ZeroDivisionError("by nothing")))
    run = train(photos, tmp_path / "run", **SCORED)
    assert networks(run.path) == networks(finished)
    said = faults(run.path)
    assert said
    assert all(line.startswith(f"{what} failed: ZeroDivisionError: by nothing") for line in said)
    assert len(said) <= FAULTS_IN_A_ROW


@pytest.mark.usefixtures("no_report")
def test_a_probe_that_raises_half_way_leaves_no_half_reading(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(probe: Probe, *_: object):
        yield "similarity", 0.5
        raise ValueError("no second reading")

    monkeypatch.setattr(Probe, "read", read)
    run = train(photos, tmp_path / "run")
    assert networks(run.path) == networks(finished)
    assert faults(run.path)[0].startswith("the doctor's look at the samples failed: ValueError: no second reading")
    assert not any("similarity" in line["values"] for line in numbers(run.path))


def test_what_fails_again_and_again_is_left_out_and_what_recovers_is_not() -> None:
    told: list[str] = []
    guard = Guard(lambda message, _: told.append(message))
    for _ in range(2):
        assert guard("the plot", fails(OSError("full"))) is None
    assert guard("the plot", lambda: "drawn") == "drawn"
    for _ in range(5):
        guard("the plot", fails(OSError("full")))
    assert len(told) == 2 + FAULTS_IN_A_ROW
    assert told[-1] == "the plot failed: OSError: full; it is left out from now on"
    assert guard("the plot", lambda: "drawn") is None
    assert guard("the score", lambda: 1) == 1, "others are not"


@pytest.mark.parametrize("leaves", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_passes_the_guard(leaves: type[BaseException]) -> None:
    def stop() -> None:
        raise leaves

    with pytest.raises(leaves):
        Guard(lambda *_: None)("anything", stop)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_out_of_memory_in_a_step_ends_the_run_and_names_the_setting_to_change(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    play = AdversarialStep.__call__
    monkeypatch.setattr(
        AdversarialStep, "__call__", lambda step, moment: play(step, moment) if moment.step < 5 else fails(error)()
    )
    with pytest.raises(ganzoo.TrainingError) as ended:
        train(photos, tmp_path / "run")
    assert ended.value.message == "out of memory with batches of 8 images at step 5"
    assert "--batch-size 4" in ended.value.hint
    assert list(read_lines(tmp_path / "run" / "events.jsonl"))[-1]["message"] == "failed"


@pytest.mark.usefixtures("no_report")
def test_out_of_memory_in_an_evaluation_is_a_fault_that_names_the_setting_and_training_goes_on(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Evaluator, "__call__", fails(torch.OutOfMemoryError("CUDA out of memory")))
    run = train(photos, tmp_path / "run", **SCORED)
    assert networks(run.path) == networks(finished)
    assert all("set a smaller `evaluation.images`" in line for line in faults(run.path))


def test_another_runtime_error_is_not_taken_for_one_of_memory(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AdversarialStep, "__call__", fails(RuntimeError("shapes do not match")))
    with pytest.raises(RuntimeError, match="shapes do not match"):
        train(photos, tmp_path / "run")


@pytest.mark.usefixtures("no_report")
def test_a_checkpoint_is_written_after_so_many_minutes_too(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]

    class Takes(Observer):
        def tick(self, tick: Tick) -> None:
            seconds[0] += 400  # three steps, six minutes and more

    monkeypatch.setattr("ganzoo.training.loop.Spent", lambda: Spent(lambda: seconds[0]))
    settings = {"checkpoints.every_kimg": 100, "checkpoints.every_minutes": 12}
    run = train(photos, tmp_path / "run", observers=(Takes(),), **settings)
    saved = [event["step"] for event in read_lines(run.path / "events.jsonl") if event["kind"] == "checkpoint"]
    assert saved == [0, 6, 12]
    assert networks(run.path) == networks(finished)


@pytest.mark.usefixtures("no_report")
def test_a_wall_clock_that_jumps_changes_nothing(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = random.Random(0)
    monkeypatch.setattr(time, "time", lambda: jumps.uniform(-1e9, 4e9))
    run = train(photos, tmp_path / "run", **{"checkpoints.every_minutes": 60})
    assert networks(run.path) == networks(finished)
    assert numbers(run.path) == numbers(finished)
    saved = [event["step"] for event in read_lines(run.path / "events.jsonl") if event["kind"] == "checkpoint"]
    assert saved == [0, 4, 8, 12]
    (end,) = (event for event in read_lines(run.path / "events.jsonl") if event["kind"] == "end")
    assert 0 < sum(end["data"]["seconds"].values()) < 600


def test_the_end_says_where_the_time_went(finished: Path) -> None:
    events = list(read_lines(finished / "events.jsonl"))
    shares = events[-1]["data"]["shares"]
    assert set(shares) == {"training", "evaluating", "drawing", "saving"}
    assert sum(shares.values()) == pytest.approx(1)
    assert any(event["message"].startswith("time: ") for event in events)
