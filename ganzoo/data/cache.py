"""Where decoded images and statistics are kept between runs; a file gets there whole or not at all."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import platformdirs

UNFINISHED = ".part"
ABANDONED_AFTER_S = 24 * 3600


def cache_root() -> Path:
    """The folder for all that can be computed again; the environment variable `GANZOO_CACHE` moves it."""
    moved = os.environ.get("GANZOO_CACHE")
    return Path(moved).expanduser() if moved else platformdirs.user_cache_path("ganzoo")


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears at `path` complete, when the block ends well, and otherwise not at all.

    Two processes may write one path at a time: the last one wins, and a reader sees one or the other.

    Raises:
        OSError: the folder cannot be made or written, the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(path.parent)
    # Not one of `tempfile`'s, which nobody else may read: users may share a cache, as far as their umask says so.
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _clear_abandoned(folder: Path) -> None:
    """Remove what a killed process left behind a day ago or earlier, as far as it may be removed."""
    for file in folder.glob(f"*{UNFINISHED}"):
        with suppress(OSError):  # another process finished or removed it, or it is another user's
            if time.time() - file.stat().st_mtime > ABANDONED_AFTER_S:
                file.unlink()
