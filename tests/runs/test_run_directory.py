"""Logs, atomic files and the run directory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganzoo.errors import UsageError
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.directory import RunDirectory, create_run, open_run
from ganzoo.runs.leftovers import clear_leftovers
from ganzoo.runs.logs import JsonLines, read_lines


def test_a_log_is_cut_back_to_where_a_checkpoint_was_written(tmp_path: Path) -> None:
    log = JsonLines(tmp_path / "log.jsonl")
    log.append({"step": 1})
    size = log.size
    log.append({"step": 2})
    log.cut(size)
    log.append({"step": 2, "again": True})
    assert list(read_lines(log.path)) == [{"step": 1}, {"step": 2, "again": True}]


def test_what_is_not_finite_becomes_null_and_every_line_is_json(tmp_path: Path) -> None:
    log = JsonLines(tmp_path / "log.jsonl")
    log.append({"loss": float("nan"), "values": {"a": [float("inf"), 1.0]}, "name": "ü\n"})
    (line,) = log.path.read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {"loss": None, "values": {"a": [None, 1.0]}, "name": "ü\n"}


def test_a_last_line_that_a_kill_cut_short_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1}\n[1]\n{"step": 2}\n{"ste')
    assert list(read_lines(path)) == [{"step": 1}, {"step": 2}]


def test_evaluations_are_events_with_a_table_of_finite_scores_and_nothing_else(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", "x")
    data = [None, [], "x", {}, {"scores": [1]}, {"scores": {"fd": None, "kd": "x", "is": True}}]
    data += [{"scores": {"fd": 2, "kd": None}, "standard_errors": {"fd": [], "kd": 1}, "directions": 7, "images": 9}]
    lines = [{"kind": "evaluation", "step": step, "data": of_one} for step, of_one in enumerate(data)]
    run.events.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {"kind": "evaluation"}, {"kind": []}]))
    empty = {"scores": {}, "standard_errors": {}, "floors": {}, "directions": {}, "protocol": {}}
    assert [(found["step"], found["data"]) for found in run.evaluations()] == [
        (5, empty),
        (6, {**empty, "scores": {"fd": 2}, "standard_errors": {"kd": 1}, "images": 9}),
    ]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomic(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["file"]


def test_two_runs_of_one_second_get_directories_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.strftime", lambda _: "20260101-000000")
    first, second = create_run(None, "dcgan-photos"), create_run(None, "dcgan-photos")
    assert first.path.name == "dcgan-photos-20260101-000000"
    assert second.path.name == "dcgan-photos-20260101-000000-2"


def test_a_directory_that_holds_something_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(UsageError, match="not empty") as error:
        create_run(tmp_path, "run")
    assert "another place" in error.value.hint
    (tmp_path / "config.toml").touch()
    with pytest.raises(UsageError, match="not empty") as error:
        create_run(tmp_path, "run")
    assert "ganzoo resume" in error.value.hint


def test_a_start_that_was_killed_before_it_was_a_run_can_be_made_again_in_its_place(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", "run")
    for left in (".lock", "environment.json", ".config.toml.a1b2c3d4"):
        (run.path / left).touch()
    assert create_run(tmp_path / "run", "run") == run
    clear_leftovers(run)
    assert not (run.path / ".config.toml.a1b2c3d4").exists()
    (run.checkpoints / "step-00000000").mkdir()
    with pytest.raises(UsageError, match="not empty"):
        create_run(tmp_path / "run", "run")


@pytest.mark.parametrize("name", ["samples", "checkpoints", "environment.json"])
def test_a_link_is_not_what_a_start_leaves(tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="not empty"):
        create_run(tmp_path / "run", "run")


def test_a_fork_that_was_killed_before_it_was_a_run_can_be_made_again_in_its_place(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", "run")
    run.forking.touch()
    for copied in (run.metrics, run.events, run.sample(3)):
        copied.touch()
    (run.checkpoints / "step-00000003").mkdir()
    assert create_run(tmp_path / "run", "run") == run
    clear_leftovers(run)
    assert sorted(path.name for path in run.path.rglob("*")) == ["checkpoints", "samples"]


def test_what_lies_in_a_finished_fork_is_no_leftover(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", "run")
    for file in (run.forking, run.config, run.metrics):  # killed right after it became a run
        file.touch()
    with pytest.raises(UsageError, match="not empty"):
        create_run(tmp_path / "run", "run")
    clear_leftovers(run)
    assert sorted(path.name for path in run.path.iterdir()) == [
        "checkpoints", "config.toml", "metrics.jsonl", "samples",
    ]  # fmt: skip


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write") as error:
        create_run(tmp_path / "file" / "run", "run")
    assert "--out" in error.value.hint


def test_a_folder_without_a_run_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a run: it has no config\.toml"):
        open_run(tmp_path)
    with pytest.raises(UsageError, match="no such directory"):
        open_run(tmp_path / "nowhere")


def test_a_misspelt_run_is_told_the_nearest_and_a_folder_of_runs_what_it_holds(tmp_path: Path) -> None:
    for name in ("faces", "cats"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.toml").touch()
    with pytest.raises(UsageError) as misspelt:
        open_run(tmp_path / "faecs")
    assert misspelt.value.hint.startswith(f"Did you mean `{tmp_path / 'faces'}`")
    with pytest.raises(UsageError) as above:
        open_run(tmp_path)
    assert {str(tmp_path / "faces"), str(tmp_path / "cats")} <= {*above.value.hint.removeprefix("the newest runs: ").split(", ")}


def test_the_line_to_resume_a_run_can_be_pasted_whatever_its_name() -> None:
    assert RunDirectory(Path("runs/my [red]run[/red]")).to_resume == "ganzoo resume 'runs/my [red]run[/red]'"


def test_a_run_is_named_without_what_shells_and_terminals_stumble_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = create_run(None, "dcgan-my photos\x1b[31m\n/../größe")
    assert run.path.parent == Path("runs")
    assert run.path.name.startswith("dcgan-my-photos-31m-..-größe-")


def test_the_lines_up_to_a_step_end_where_a_later_one_begins(tmp_path: Path) -> None:
    log = JsonLines(tmp_path / "log.jsonl")
    sizes = []
    for step in (3, 6, 6, 9):
        log.append({"step": step})
        sizes.append(log.size)
    assert [log.size_up_to(step) for step in (2, 3, 5, 6, 9, 99)] == [
        0,
        sizes[0],
        sizes[0],
        sizes[2],
        sizes[3],
        sizes[3],
    ]
