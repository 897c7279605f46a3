"""Workers that share a sweep in a real PostgreSQL, started here and for this alone."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_worker import wait_until, worker  # noqa: F401 - a fixture

from ganzoo.errors import UsageError
from ganzoo.sweeping.plan import Key, State
from ganzoo.sweeping.record import try_of
from ganzoo.sweeping.storage import open_database

NOBODY = ("postgres", "nobody")
"""Whom the server runs as where the tests run as root: PostgreSQL refuses to be root."""


def programs() -> Path | None:
    """Where PostgreSQL's programs are; Debian keeps those of the server off the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("postgres"):
        folders.insert(0, Path(found).resolve().parent)
    needed = ("initdb", "postgres", "pg_isready")
    return next((folder for folder in folders if all((folder / name).exists() for name in needed)), None)


def unprivileged() -> dict[str, object]:
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in NOBODY if name in known)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Its address."""
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="the driver psycopg is not installed")
    as_whom = unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="ganzoo-pg-", dir="/tmp"))  # a socket's path must be short
    if as_whom:
        os.chown(folder, as_whom["user"], as_whom["group"])
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **as_whom}
    subprocess.run([found / "initdb", "-D", data, "-U", "sweeper", "-A", "trust", "--no-sync"], check=True, **quiet)
    settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-k", folder]
    server = subprocess.Popen([found / "postgres", "-D", data, *settings], **quiet)
    try:
        wait_until(lambda: subprocess.run([found / "pg_isready", "-q", "-h", folder], **quiet).returncode == 0)
        yield f"postgresql://sweeper@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()
        shutil.rmtree(folder)


def tries(database: str, name: str):
    import optuna

    study = optuna.load_study(study_name=name, storage=open_database(database, 1))
    return [try_of(trial) for trial in study.get_trials()]


def place(database: str, name: str) -> str:
    return f'{{"storage": "{database}", "name": "{name}", "heartbeat_s": 1, "jobs": 1}}'


def test_of_two_workers_one_is_killed_and_nothing_is_lost_or_run_twice(toy, database, worker, starts):  # noqa: F811
    definition = toy("generator.width=4,5,6", seeds=2)
    victim = worker(definition, hang=True, place=place(database, "killed"))
    wait_until(lambda: len(starts()) == 1)
    other = worker(definition, place=place(database, "killed"))
    wait_until(lambda: len(starts()) >= 3)
    os.killpg(victim.pid, signal.SIGKILL)
    assert other.wait(timeout=100) == 0
    found = tries(database, "killed")
    keys = [Key(setting, repeat) for setting in range(3) for repeat in range(2)]
    assert Counter(one.key for one in found if one.state is State.DONE) == Counter(keys)
    assert [one.key for one in found if one.state is State.FAILED and one.reason is None] == [Key(0, 0)]
    begun = Counter(line.split()[0] for line in starts())
    assert begun == {key.folder: 2 if key == Key(0, 0) else 1 for key in keys}
    assert "0000-0 goes on" in starts()


def test_workers_that_start_at_once_divide_the_runs(toy, database, worker, starts):  # noqa: F811
    definition = toy("generator.width=4,5,6,7", seeds=2)
    workers = [worker(definition, place=place(database, "together")) for _ in range(2)]
    assert [process.wait(timeout=100) for process in workers] == [0, 0]
    assert sorted(Counter(line.split()[0] for line in starts()).values()) == [1] * 8


def test_a_worker_joins_by_name_alone(toy, sweep, database, starts):
    sweep(toy("generator.width=4,5"), storage=database, name="joined", heartbeat_s=1)
    before = starts()
    joined = sweep(None, storage=database, name="joined", heartbeat_s=1)
    assert [row.setting for row in joined.ranked.rows] == [{"generator.width": 4}, {"generator.width": 5}]
    assert starts() == before


def test_another_sweep_of_that_name_is_said(toy, sweep, database, tmp_path):
    sweep(toy("generator.width=4,5"), storage=database, name="mine", heartbeat_s=1)
    shutil.rmtree(tmp_path / "sweep")
    with pytest.raises(UsageError, match="another sweep of that name; it differs in: axes"):
        sweep(toy("generator.width=4,6"), storage=database, name="mine", heartbeat_s=1)


def test_a_name_that_the_database_does_not_know_is_said(database, cli, toy):
    ended = cli("sweep", "--storage", database, "--name", "nothing")
    assert (ended.code, "has no such sweep" in ended.err) == (2, True)


def test_a_database_that_does_not_answer_is_said_without_its_password(cli):
    pytest.importorskip("psycopg")
    ended = cli("sweep", "--storage", "postgresql://me:secret@127.0.0.1:1/none", "--name", "mine")
    assert ended.code == 2 and "secret" not in ended.err and "127.0.0.1" in ended.err
