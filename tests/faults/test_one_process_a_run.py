"""Two processes never train in one run directory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from a_tiny_run import train, weights

import ganzoo
from ganzoo.contracts import Observer, Tick
from ganzoo.runs.lock import LOCK, locked

HOLD = """
import sys
from pathlib import Path
from ganzoo.runs.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other_process(tmp_path: Path):
    """A process that holds the lock of `tmp_path` until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_run_that_another_process_holds_is_refused_by_its_number(tmp_path: Path, other_process) -> None:
    said = f"process {other_process.pid} on .* is training there"
    with pytest.raises(ganzoo.UsageError, match=said) as error, locked(tmp_path):
        pass
    assert error.value.exit_code == 2


def test_a_holder_that_is_killed_holds_nothing_any_more(tmp_path: Path, other_process) -> None:
    os.kill(other_process.pid, signal.SIGKILL)
    other_process.wait()
    with locked(tmp_path) as note:
        assert note == ""
        assert (tmp_path / LOCK).read_text().startswith(f"process {os.getpid()} on ")
    with locked(tmp_path):
        pass


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system cannot open a file but not through a link")
def test_a_lock_that_is_a_link_is_refused_and_what_it_links_to_stays(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("of someone else")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / LOCK).symlink_to(tmp_path / "letter.txt")
    with (
        pytest.raises(ganzoo.UsageError, match="is a link: ganzoo would write where it leads"),
        locked(tmp_path / "run"),
    ):
        pass
    assert (tmp_path / "letter.txt").read_text() == "of someone else"


def test_a_run_that_is_being_trained_can_neither_be_resumed_nor_does_it_notice(
    photos: Path, finished: Path, tmp_path: Path
) -> None:
    refused: list[str] = []

    class ResumesTheRun(Observer):
        def tick(self, tick: Tick) -> None:
            with pytest.raises(ganzoo.UsageError, match="is in use") as error:
                ganzoo.resume(tmp_path / "run")
            refused.append(error.value.message)

    run = train(photos, tmp_path / "run", ResumesTheRun())
    assert len(refused) == 4
    assert weights(run) == weights(finished)


def test_where_a_file_system_knows_no_locks_the_user_is_told(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def has_none(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("ganzoo.runs.lock._take", has_none)
    run = train(photos, tmp_path / "run", steps=1)
    assert "no locks" in (run / "events.jsonl").read_text()
