"""Files of a run that are damaged or a stranger's: read in bounds, and never through a link that leads away."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.errors import UsageError
from ganzoo.runs import logs, records
from ganzoo.runs.contained import check_contained
from ganzoo.runs.directory import RunDirectory, open_run
from ganzoo.runs.logs import read_lines
from ganzoo.runs.records import parse_json, read_text

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_what_ganzoo_writes_is_read_back(value):
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, str(2**63), f"-{2**63}"])
def test_a_number_that_nothing_can_compute_with_is_none(text):
    assert parse_json(text) is None
    assert parse_json(f'{{"a": [{text}, 1]}}') == {"a": [None, 1]}


@pytest.mark.parametrize("depth", [40, 500, 100_000])
@pytest.mark.parametrize("brackets", ["[]", ['{"a":', "}"]])
def test_what_is_nested_too_deep_is_no_value(depth, brackets):
    opening, closing = brackets
    with pytest.raises(ValueError, match="nested too deep"):
        parse_json(opening * depth + "1" + closing * depth)


def test_a_line_of_any_length_is_passed_over(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(logs, "LONGEST_LINE", 50)
    log = tmp_path / "log.jsonl"
    log.write_text(f'{{"a": 1}}\n{{"long": "{"x" * 200}"}}\n{{"b": 2}}\n{{"half')
    assert list(read_lines(log)) == [{"a": 1}, {"b": 2}]


def test_a_file_larger_than_any_of_ganzoos_is_not_read(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(records, "LARGEST_BYTES", 10)
    (tmp_path / "x").write_text("x" * 11)
    with pytest.raises(ValueError, match="over 10 bytes"):
        read_text(tmp_path / "x")


def test_a_pipe_and_a_device_are_no_files(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match="not a regular file"):
            read_text(path)
        assert list(read_lines(path)) == []


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    (path / "checkpoints" / "step-00000001").mkdir(parents=True)
    (path / "samples").mkdir()
    (path / "config.toml").write_text("")
    (path / "metrics.jsonl").write_text("")
    return path


@pytest.mark.parametrize(
    "name", ["metrics.jsonl", "config.toml", ".lock", "report.html", "samples/x.png", "checkpoints/latest"]
)
@pytest.mark.parametrize("target", ["precious", "new"])
def test_a_run_whose_files_lie_elsewhere_is_refused(run: Path, tmp_path: Path, name, target):
    (tmp_path / "precious").write_text("mine")
    (run / name).unlink(missing_ok=True)
    (run / name).symlink_to(tmp_path / target)
    with pytest.raises(UsageError, match=r"leads out of the run|is not a run"):
        open_run(run)


def test_a_folder_or_a_pipe_of_a_run_that_leads_elsewhere_is_refused(run: Path, tmp_path: Path):
    os.mkfifo(run / "checkpoints" / "step-00000001" / "manifest.json")
    with pytest.raises(UsageError, match="a pipe or a device"):
        open_run(run)
    (run / "checkpoints" / "step-00000001" / "manifest.json").unlink()
    (run / "samples").rmdir()
    (run / "samples").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="leads out of the run"):
        open_run(run)


def test_a_run_that_is_a_link_and_links_inside_it_are_fine(run: Path, tmp_path: Path):
    (run / "best.png").symlink_to(run / "metrics.jsonl")
    (tmp_path / "link").symlink_to(run)
    check_contained(tmp_path / "link")
    assert open_run(tmp_path / "link").config.is_file()


def test_a_folder_that_goes_away_while_a_live_run_is_looked_through_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "checkpoints" / ".step-00000004.123"
    temporary.mkdir(parents=True)
    scan = os.scandir

    def renames_first(path: Path) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == temporary.name:
            Path(path).rename(tmp_path / "checkpoints" / "step-00000004")
        return scan(path)

    monkeypatch.setattr("ganzoo.runs.contained.os.scandir", renames_first)
    check_contained(tmp_path)
    assert not temporary.exists()


@pytest.mark.parametrize("path", ["x" * 5000, "nul\0", "."])
def test_a_path_that_cannot_be_a_run_is_refused(tmp_path: Path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is not a run"):
        open_run(Path(path))


def test_pictures_of_odd_names_are_no_grids(run: Path):
    for name in ("step-abc.png", "step-00000003.png", "step--1.png", "step-².png", f"step-{'9' * 40}.png"):
        (run / "samples" / name).touch()
    assert [step for step, _ in RunDirectory(run).grids()] == [3]
