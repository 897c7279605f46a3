"""Where a sweep's record is kept: a journal file on one machine, a database on many."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from optuna.storages import BaseStorage, RDBStorage

JOURNAL = "journal.log"
GRACE = 3
"""Heartbeats missed after which a worker counts as dead."""
SIMULTANEOUS = 10
"""Times a database's tables are tried to be made, where another worker makes them too."""


def open_journal(folder: Path) -> BaseStorage:
    """The record of a folder that no other process works in."""
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    path = folder / JOURNAL
    # What a kill left: a lock nobody holds, half a line.
    for left in folder.glob(f"{JOURNAL}.lock*"):
        left.unlink()
    if path.exists():
        content = path.read_bytes()
        if not content.endswith(b"\n"):
            os.truncate(path, content.rfind(b"\n") + 1)
    with quiet_optuna():
        return JournalStorage(JournalFileBackend(str(path), lock_obj=JournalFileOpenLock(str(path))))


def open_database(url: str, heartbeat_s: int) -> RDBStorage:
    """The record in a database that workers on many machines reach.

    Raises:
        UsageError: there is none at this address, or no driver for it.
    """
    from optuna.storages import RDBStorage
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

    try:
        address = make_url(url)
    except ArgumentError as error:
        raise UsageError(
            "--storage: not a database's address", hint="for example postgresql://user@host/name"
        ) from error
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    shown = address.render_as_string(hide_password=True)
    for attempt in range(1, SIMULTANEOUS + 1):
        try:
            with quiet_optuna():
                return RDBStorage(
                    address.render_as_string(hide_password=False),
                    engine_kwargs={"pool_pre_ping": True},
                    heartbeat_interval=heartbeat_s,
                    grace_period=GRACE * heartbeat_s,
                )
        except ArgumentError as error:  # a dialect that nobody knows
            raise UsageError(f"--storage {shown}: {error}", hint="for example postgresql://user@host/name") from error
        except ImportError as error:
            raise UsageError(f"--storage {shown}: no driver for it is installed: {error}") from error
        except OperationalError as error:
            raise UsageError(f"--storage {shown}: {str(error.orig).strip().splitlines()[0]}") from error
        except DatabaseError as error:  # another worker makes the same tables at this moment
            if attempt == SIMULTANEOUS:
                raise UsageError(f"--storage {shown}: {str(error.orig).strip().splitlines()[0]}") from error
            time.sleep(0.2 * attempt)
    raise AssertionError("the last attempt answers or raises")


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Without its log lines and its warnings that a part is experimental, or that we beat the heart ourselves."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
        warnings.filterwarnings("ignore", message="Heartbeat of storage")
        yield
