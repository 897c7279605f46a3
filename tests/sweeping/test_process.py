"""A real run's process: how it leaves when it is told to, and whose fault it says a failure was."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_worker import wait_until

from ganzoo.config.compose import Request, compose
from ganzoo.config.overrides import Override
from ganzoo.config.writing import to_toml
from ganzoo.errors import ContractError, GanzooError, TrainingError, UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.logs import read_lines
from ganzoo.sweeping.blame import TRY_AGAIN, blamed, exit_code_of
from ganzoo.sweeping.plan import Reason
from ganzoo.sweeping.process import CHILD, Process

LONG = {"training.steps": 1_000_000, "logging.tick_steps": 1, "samples.count": 4}


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """`begun(run)`: a long run of an MLP on a ring of eight points; `begun(run, "...")`: of a configuration's text."""
    started = []

    def begin(run: Path, config: str | None = None) -> Process:
        options = [Override(path, value, "a test") for path, value in LONG.items()]
        request = Request(recipe="mlp", data="ring8", options=options)
        path = tmp_path / "config.toml"
        path.write_text(to_toml(compose(request, catalogue())) if config is None else config)
        started.append(Process([*CHILD, str(run), str(path)], tmp_path / "log", os.environ))
        return started[-1]

    yield begin
    for process in started:
        process.kill()


def test_a_run_that_is_told_to_leave_was_interrupted_and_is_saved(begun, tmp_path):
    run = RunDirectory(tmp_path / "run")
    process = begun(run.path)
    wait_until(lambda: list(read_lines(run.metrics)))
    process.stop()
    wait_until(lambda: process.ended)
    assert process.fault() == (Reason.INTERRUPTED, "stopped")
    assert max(path.name for path in run.checkpoints.glob("step-*")) > "step-00000000"


def test_a_run_that_cannot_write_where_it_should_blames_the_machine(begun, tmp_path):
    (tmp_path / "file").touch()
    process = begun(tmp_path / "file" / "run")
    wait_until(lambda: process.ended)
    reason, message = process.fault()
    assert reason is Reason.MACHINE
    assert "cannot write the run" in message


def test_a_run_whose_lock_leads_elsewhere_is_not_waited_for(begun, tmp_path):
    (tmp_path / "letter.txt").write_text("of someone else")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").symlink_to(tmp_path / "letter.txt")
    process = begun(tmp_path / "run")
    wait_until(lambda: process.ended)
    assert "leads out of the run" in process.fault()[1]
    assert (tmp_path / "letter.txt").read_text() == "of someone else"


def test_a_setting_that_cannot_be_built_is_impossible(begun, tmp_path):
    process = begun(tmp_path / "run", 'recipe = "mlp"\ngenerator.widht = 4\n')
    wait_until(lambda: process.ended)
    reason, message = process.fault()
    assert reason is Reason.IMPOSSIBLE
    assert "widht" in message


def caused(error: GanzooError, cause: Exception) -> GanzooError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError("no space left"), TRY_AGAIN),
        (caused(TrainingError("the run cannot be written"), OSError("no space left")), TRY_AGAIN),
        (UsageError("in use"), TRY_AGAIN),
        (UsageError("no whole checkpoint"), TRY_AGAIN),
        (blamed(caused(UsageError("the cache cannot be written"), OSError("no space left"))), TRY_AGAIN),
        (blamed(UsageError("no such setting")), UsageError.exit_code),
        (caused(TrainingError("out of memory"), RuntimeError("not enough memory")), TrainingError.exit_code),
        (ContractError("a strategy broke a rule"), ContractError.exit_code),
    ],
    ids=str,
)
def test_only_a_setting_that_cannot_be_built_is_the_settings_fault(error, code):
    assert exit_code_of(error) == code
