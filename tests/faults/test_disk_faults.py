"""A disk that is full or read-only: the last checkpoint stands, and the run goes on from it as if nothing had been."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from a_tiny_run import events, numbers, train, weights

import ganzoo
from ganzoo.contracts import Event, Observer, Tick
from ganzoo.runs.logs import JsonLines
from ganzoo.training.manifest import verify


@pytest.mark.parametrize(
    "at",
    [
        ".step-00000008.",  # the folder a checkpoint is written in
        "/.latest",
        "metrics.jsonl",
        "events.jsonl",
    ],
)
def test_a_disk_that_fills_up_ends_the_run_and_with_room_it_goes_on_exactly(
    photos: Path, finished: Path, tmp_path: Path, disk, at: str
) -> None:
    class FillsUp(Observer):
        def tick(self, tick: Tick) -> None:
            if tick.step == 6:
                disk.fill_up_at(at)

    out = tmp_path / "run"
    with pytest.raises(ganzoo.TrainingError, match="No space left") as error:
        train(photos, out, FillsUp())
    assert f"ganzoo resume {out}" in error.value.hint
    disk.works_again()
    verify(out / "checkpoints" / (out / "checkpoints" / "latest").read_text())
    for log in ("metrics.jsonl", "events.jsonl"):
        for line in (out / log).read_text().splitlines():
            json.loads(line)
    ganzoo.resume(out)
    assert weights(out) == weights(finished)
    assert numbers(out) == numbers(finished)


def test_a_sample_that_finds_no_room_costs_no_step_of_training(
    photos: Path, finished: Path, tmp_path: Path, disk
) -> None:
    disk.fill_up_at("samples/.step-00000005")
    out = train(photos, tmp_path / "run")
    disk.works_again()
    (fault,) = events(out, "fault")
    assert fault["step"] == 5
    assert "writing the grid failed: OSError: [Errno 28] No space left on device" in fault["message"]
    assert events(out, "end")[-1]["message"] == "finished"
    grids = lambda run: {path.name for path in (run / "samples").iterdir()}  # noqa: E731
    assert grids(finished) - grids(out) == {"step-00000005.png"}
    assert grids(out) < grids(finished), "half a picture was left"
    assert weights(out) == weights(finished)
    assert numbers(out) == numbers(finished)


@pytest.mark.parametrize(
    "at",
    [
        ".step-00000008.",  # the folder a checkpoint is written in
        "samples/.step-00000010",
        "metrics.jsonl",
        "events.jsonl",
    ],
    ids=["a checkpoint", "a sample", "a line of numbers", "a line of events"],
)
def test_a_disk_that_becomes_read_only_ends_the_run_and_it_goes_on_when_it_can_be_written(
    photos: Path, finished: Path, tmp_path: Path, disk, at: str
) -> None:
    class BecomesReadOnly(Observer):
        def tick(self, tick: Tick) -> None:
            if tick.step == 6:
                disk.become_read_only(at)

    out = tmp_path / "run"
    with pytest.raises(ganzoo.TrainingError, match="Read-only file system") as ending:
        train(photos, out, BecomesReadOnly())
    assert f"ganzoo resume {out}" in ending.value.hint
    verify(out / "checkpoints" / (out / "checkpoints" / "latest").read_text())
    with pytest.raises(ganzoo.UsageError, match="cannot write to") as error:
        ganzoo.resume(out)
    assert error.value.exit_code == 2
    disk.works_again()
    ganzoo.resume(out)
    assert weights(out) == weights(finished)
    assert numbers(out) == numbers(finished)
    assert {path.name for path in (out / "samples").iterdir()} == {
        path.name for path in (finished / "samples").iterdir()
    }


def test_half_a_line_is_taken_back_so_that_the_next_one_is_whole(tmp_path: Path, disk) -> None:
    log = JsonLines(tmp_path / "log.jsonl")
    log.append({"step": 1})
    disk.fill_up_at("log.jsonl")
    with pytest.raises(OSError, match="No space"):
        log.append({"step": 2})
    disk.works_again()
    log.append({"step": 3})
    assert log.path.read_text() == '{"step":1}\n{"step":3}\n'


def test_an_observer_that_fails_while_a_full_disk_ends_the_run_hides_nothing(
    photos: Path, tmp_path: Path, disk
) -> None:
    class Fails(Observer):
        def end(self, status: str) -> None:
            raise RuntimeError("no connection")

    class Watches(Observer):
        def __init__(self) -> None:
            self.heard: list[str] = []

        def event(self, event: Event) -> None:
            if event.kind == "fault":
                self.heard.append(event.message)

        def end(self, status: str) -> None:
            self.heard.append(status)

        def tick(self, tick: Tick) -> None:
            disk.fill_up_at("jsonl")

    watcher = Watches()
    with pytest.raises(ganzoo.TrainingError, match="No space left") as error:
        train(photos, tmp_path / "run", Fails(), watcher)
    assert "ganzoo resume" in error.value.hint
    assert watcher.heard == ["Fails.end failed: RuntimeError: no connection", "failed"]


def test_the_watchers_learn_that_a_full_disk_ended_the_run(photos: Path, tmp_path: Path, disk) -> None:
    class Watches(Observer):
        status = ""

        def end(self, status: str) -> None:
            self.status = status

    watcher = Watches()
    disk.fill_up_at("step-00000004.")
    with pytest.raises(ganzoo.TrainingError):
        train(photos, tmp_path / "run", watcher)
    assert watcher.status == "failed"
    disk.works_again()
    assert events(tmp_path / "run", "end")[-1]["message"] == "failed"
