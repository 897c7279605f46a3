"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomic(path: Path, content: bytes | str, *, flush: bool = True) -> None:
    """Write beside the file, flush to the disk, then take its place: a reader sees the old file or the new one.

    Args:
        path: the file.
        content: all of it; text as UTF-8.
        flush: without it a power cut may leave an empty file; for files that are quickly made again.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        try:
            write_all(handle, content.encode() if isinstance(content, str) else content)
            if flush:
                os.fsync(handle)
        finally:
            os.close(handle)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if flush:
        sync_directory(path.parent)


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file in a folder nobody reads yet, and flush it; the folder is for the caller to flush."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        write_all(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, content: bytes) -> None:
    """Every byte; one call to the system may take only some, a full disk for one."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_directory(path: Path) -> None:
    """Make renames inside a directory survive a power cut; systems that cannot open a directory do without."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
