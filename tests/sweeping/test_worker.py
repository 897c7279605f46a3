"""A worker trains what it claims, whatever becomes of the runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from ganzoo.errors import UsageError
from ganzoo.sweeping.plan import TRIES_AT_MOST
from ganzoo.sweeping.record import Record
from ganzoo.sweeping.start import Place
from ganzoo.sweeping.storage import JOURNAL

DRIVER = """
import sys, json
from pathlib import Path
from ganzoo.registry.catalogue import catalogue
from ganzoo.sweeping.definition import read_definition
from ganzoo.sweeping.start import Place, work_on
folder, definition, child = map(Path, sys.argv[1:4])
place = Place(out=folder, **json.loads(sys.argv[4]))
work_on(read_definition(definition), place, catalogue(), print, (sys.executable, str(child)))
"""


def wait_until(holds, limit_s: float = 60) -> None:
    until = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def worker(tmp_path: Path):
    """`worker(definition, hang=True)`: a worker in a process group of its own."""
    started = []

    def start(definition, *, hang: bool = False, place: str = "{}") -> subprocess.Popen[bytes]:
        (tmp_path / "definition").mkdir(exist_ok=True)
        definition.write(tmp_path / "definition")
        child = Path(__file__).with_name("child.py")
        command = [sys.executable, "-c", DRIVER, tmp_path / "sweep", tmp_path / "definition", child, place]
        environment = {**os.environ, **({"HANG": "1"} if hang else {})}
        started.append(subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_every_run_is_begun_once_and_ranked(toy, sweep, starts):
    swept = sweep(toy("generator.width=8,4", seeds=2), jobs=2)
    assert sorted(starts()) == [f"000{setting}-{repeat} begins" for setting in (0, 1) for repeat in (0, 1)]
    assert [(row.setting, row.values) for row in swept.ranked.rows] == [
        ({"generator.width": 4}, [0.4, 0.41]),
        ({"generator.width": 8}, [0.8, 0.81]),
    ]
    assert swept.files["page"].exists()


def test_a_score_from_before_the_end_is_no_result(sweep, toy):
    """A setting whose last evaluation failed would be ranked by an early one."""
    rows = sweep(toy("generator.width=8,19"), jobs=1).ranked.rows
    assert [(row.setting["generator.width"], row.values) for row in rows] == [(8, [0.8]), (19, [])]
    assert "measured no distance at its end" in rows[1].note


def test_a_search_draws_from_its_range_and_repeats_what_it_drew(toy, sweep, starts):
    swept = sweep(toy("generator.width=20..90", seeds=2, trials=2, sampler="random"), jobs=1)
    assert starts() == ["0000-0 begins", "0000-1 begins", "0001-0 begins", "0001-1 begins"]
    widths = [row.setting["generator.width"] for row in swept.ranked.rows]
    assert len(set(widths)) == 2 and all(20 <= width <= 90 for width in widths)
    assert [row.values for row in swept.ranked.rows] == [pytest.approx([w / 10, w / 10 + 0.01]) for w in widths]


def test_tpe_draws_where_strategies_vary(toy, sweep):
    definition = toy("balance=none,d-skip", "balance.d-skip.threshold=0.6..0.9", trials=4, sampler="tpe")
    rows = sweep(definition).ranked.rows
    assert len(rows) == 4
    assert all(("balance.d-skip.threshold" in row.setting) == (row.setting["balance"] == "d-skip") for row in rows)


def test_a_run_that_fails_costs_nothing_but_itself(toy, sweep, starts):
    swept = sweep(toy("generator.width=13,14,15,4", seeds=2))
    notes = {row.setting["generator.width"]: row.note for row in swept.ranked.rows}
    assert swept.ranked.rows[0].setting == {"generator.width": 4}
    assert notes[13] == "killed by SIGKILL"
    assert notes[14] == "it cannot be"
    assert notes[15] == "diverged; 1 of 2 seeds"
    assert sum(line.startswith("0000-0") for line in starts()) == TRIES_AT_MOST
    assert [line for line in starts() if line.startswith("0001")] == ["0001-0 begins"]


def test_a_run_that_is_not_worth_going_on_is_stopped_and_its_setting_not_repeated(toy, sweep, starts, monkeypatch):
    monkeypatch.setattr(Record, "is_hopeless", lambda self, trial, step, value: True)
    swept = sweep(toy("generator.width=4,16", seeds=2, prune=1), jobs=1)
    assert [row.note for row in swept.ranked.rows] == ["", "stopped early"]
    assert swept.ranked.left == 0
    assert starts() == ["0000-0 begins", "0001-0 begins", "0000-1 begins"]


def test_a_sweep_whose_process_group_is_killed_goes_on_where_it_was(toy, sweep, starts, worker, tmp_path):
    definition = toy("generator.width=4,5,6", seeds=2)
    first = worker(definition, hang=True)
    wait_until(lambda: len(starts()) >= 1)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    with (tmp_path / "sweep" / JOURNAL).open("ab") as journal:
        journal.write(b'{"op_code": 4, "half a li')
    before = starts()
    told: list[str] = []
    swept = sweep(definition, told.append)
    assert any("when the sweep was killed" in line for line in told)
    assert [row.values for row in swept.ranked.rows] == [[0.4, 0.41], [0.5, 0.51], [0.6, 0.61]]
    again = starts()[len(before) :]
    assert {line.split()[0] for line in before} <= {line.split()[0] for line in again if "goes on" in line}
    assert len(again) == len({line.split()[0] for line in again}) == 6


def test_what_is_done_is_not_done_again(toy, sweep, starts):
    definition = toy("generator.width=4,5")
    sweep(definition)
    before = starts()
    assert [row.values for row in sweep(definition).ranked.rows] == [[0.4], [0.5]]
    assert starts() == before


def test_a_run_that_ended_just_before_the_kill_is_only_read(toy, sweep, starts, tmp_path):
    sweep(toy("generator.width=4,5"))
    (tmp_path / "sweep" / JOURNAL).unlink()
    before = starts()
    assert [row.values for row in sweep(toy("generator.width=4,5")).ranked.rows] == [[0.4], [0.5]]
    assert starts() == before


def test_runs_that_a_signal_stopped_with_the_sweep_go_on_with_it(toy, sweep, starts, worker):
    definition = toy("generator.width=4,5", seeds=2)
    process = worker(definition, hang=True)
    wait_until(lambda: len(starts()) >= 1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) != 0
    before = starts()
    swept = sweep(definition)
    assert [row.values for row in swept.ranked.rows] == [[0.4, 0.41], [0.5, 0.51]]
    assert {line.split()[0] for line in before} == {line.split()[0] for line in starts() if "goes on" in line}


def test_a_full_disk_costs_no_run_once_there_is_room(toy, sweep, starts, tmp_path):
    definition = toy("generator.width=17,4", seeds=2)
    swept = sweep(definition)
    assert [(row.values, row.note) for row in swept.ranked.rows] == [([0.4, 0.41], ""), ([], "no space left")]
    assert Counter(line.split()[0] for line in starts()) == {
        "0000-0": TRIES_AT_MOST, "0000-1": TRIES_AT_MOST, "0001-0": 1, "0001-1": 1,
    }  # fmt: skip
    (tmp_path / "sweep" / "room").touch()
    swept = sweep(definition)
    assert [(row.values, row.note) for row in swept.ranked.rows] == [([0.4, 0.41], ""), ([1.7, 1.71], "")]


def test_what_an_earlier_try_said_is_not_taken_for_the_words_of_a_later_one(toy, sweep):
    swept = sweep(toy("generator.width=18,4"))
    assert [row.note for row in swept.ranked.rows] == ["", "ended without a word"]


def test_two_sweeps_do_not_share_a_folder(toy, sweep, starts, worker):
    process = worker(toy("generator.width=4,5"), hang=True)
    wait_until(lambda: len(starts()) >= 1)
    with pytest.raises(UsageError, match="in use"):
        sweep(toy("generator.width=4,5"))
    assert process.poll() is None


def test_another_sweep_does_not_go_on_in_the_folder_of_this_one(toy, sweep):
    sweep(toy("generator.width=4,5"))
    with pytest.raises(UsageError, match="holds another sweep"):
        sweep(toy("generator.width=4,6"))


def test_a_folder_with_something_else_in_it_is_left_alone(toy, sweep, tmp_path):
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "letter.txt").touch()
    with pytest.raises(UsageError, match="holds no sweep"):
        sweep(toy("generator.width=4,5"))


@pytest.mark.parametrize(
    "name", [".lock", "journal.log", "logs", "logs/0000-0.log", "runs/0000-0", "runs/0000-0/.lock"]
)
def test_a_sweep_with_a_link_that_leads_out_of_it_is_refused_before_anything_is_written(
    toy, sweep, starts, tmp_path, name
):
    definition = toy("generator.width=4,5")
    folder, elsewhere = tmp_path / "sweep", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "letter.txt").write_text("of someone else")
    (folder / name).parent.mkdir(parents=True)
    definition.write(folder)
    (folder / "journal.log").touch()
    (folder / name).unlink(missing_ok=True)
    leads_to = elsewhere if name in ("logs", "runs/0000-0") else elsewhere / "letter.txt"
    (folder / name).symlink_to(leads_to)
    before = sorted(folder.rglob("*"))
    with pytest.raises(UsageError, match="leads out of the sweep"):
        sweep(definition)
    assert not starts()
    assert (elsewhere / "letter.txt").read_text() == "of someone else"
    assert (sorted(folder.rglob("*")), list(elsewhere.iterdir())) == (before, [elsewhere / "letter.txt"])


def test_a_shared_sweep_needs_a_name(toy, sweep):
    with pytest.raises(UsageError, match="which sweep of the database"):
        sweep(toy("generator.width=4,5"), storage="postgresql://nobody@localhost/none")
    assert Place().storage is None
