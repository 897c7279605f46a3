"""One process a run: a lock that the system takes back when its holder dies, however it dies."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganzoo.errors import UsageError
from ganzoo.runs.atomic import write_all

LOCK = ".lock"
"""The file's name in the run directory; it stays when the lock is given back."""
_ELSEWHERE = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP})
_FAR_AWAY = 1 << 30
"""The byte Windows locks; a locked byte cannot be read, and what is written at the start should be."""


@contextmanager
def locked(run: Path) -> Iterator[str]:
    """Hold the run directory: nobody else trains in it meanwhile.

    Yields:
        "", or a line for the user where this file system knows no locks and nothing is held.

    Raises:
        UsageError: another process holds it, the directory cannot be written, or its lock is a link.
    """
    path = run / LOCK
    # Not through a link, which may lead anywhere: the holder's number takes the place of what stands in the file.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags, 0o644)
    except OSError as error:
        if path.is_symlink():
            raise UsageError(f"{path} is a link: ganzoo would write where it leads", hint="remove it") from error
        raise UsageError(
            f"cannot write to {run}: {error.strerror or error}", hint="training needs a directory it can write to"
        ) from error
    try:
        yield _lock(handle, run)
    finally:
        os.close(handle)  # which gives the lock back


def _lock(handle: int, run: Path) -> str:
    try:
        _take(handle)
    except OSError as error:
        if error.errno in _ELSEWHERE:
            holder = os.read(handle, 200).decode(errors="replace").strip() or "another process"
            raise UsageError(
                f"{run} is in use: {holder} is training there",
                hint="wait for it, or stop it: it saves and leaves when it gets a SIGTERM or Ctrl-C",
            ) from error
        if error.errno in _NO_LOCKS:
            return "this file system has no locks: take care that no other process trains in this run"
        raise
    os.ftruncate(handle, 0)
    write_all(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
    return ""


def _take(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _FAR_AWAY, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
