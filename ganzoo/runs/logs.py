"""metrics.jsonl and events.jsonl: one JSON object a line, appended, cut back to a checkpoint on resume."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ganzoo.runs.atomic import write_all
from ganzoo.runs.records import open_regular, parse_json

LONGEST_LINE = 2**24
"""Bytes."""


class JsonLines:
    """An append-only log whose length in bytes a checkpoint remembers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    @property
    def size(self) -> int:
        """Bytes written."""
        return self.path.stat().st_size

    def append(self, record: Mapping[str, object]) -> None:
        """Write one line, or nothing where the disk is full. NaN and infinity become null: they are not JSON."""
        line = json.dumps(_finite(record), ensure_ascii=False, separators=(",", ":"), default=str)
        handle = self._open()
        try:
            before = os.lseek(handle, 0, os.SEEK_END)
            try:
                write_all(handle, f"{line}\n".encode(errors="replace"))
            except BaseException:
                os.ftruncate(handle, before)  # half a line would spoil the next one
                raise
        finally:
            os.close(handle)

    def sync(self) -> int:
        """Flush to the disk, so that a power cut takes nothing back; the bytes that are then safe."""
        handle = self._open()
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return self.size

    def cut(self, size: int) -> int:
        """Forget what was written after a checkpoint: it will be written again.

        Returns:
            How many bytes are missing: 0, unless someone shortened the log.
        """
        if size < self.size:
            os.truncate(self.path, size)
        missing = size - self.size
        if missing and not self._ends_a_line():
            with self.path.open("ab") as file:
                file.write(b"\n")
        return missing

    def size_up_to(self, step: int) -> int:
        """Bytes of the lines before the first one of a later step."""
        size = 0
        with self.path.open("rb") as file:
            for line in file:
                record = record_of(line)
                if record is not None and isinstance(at := record.get("step"), int) and at > step:
                    break
                size += len(line)
        return size

    def _ends_a_line(self) -> bool:
        content = self.path.read_bytes()
        return not content or content.endswith(b"\n")

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        return os.open(self.path, flags, 0o644)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a log; a last line that a kill cut short is left out.

    Lines that are no JSON objects, or longer than any ganzoo writes, are left out too: a log is read to be shown, and
    what is left is still true. There are none where the log is missing, or is no regular file.
    """
    try:
        file = open_regular(path)
    except (FileNotFoundError, ValueError):
        return
    with file:
        whole = True  # the piece begins a line
        while piece := file.readline(LONGEST_LINE):
            ends = piece.endswith(b"\n")
            record = record_of(piece) if whole and (ends or len(piece) < LONGEST_LINE) else None
            whole = ends
            if record is not None:
                yield record


def record_of(line: bytes) -> dict[str, Any] | None:
    """A line's JSON object, or None where it holds none. A number that is not finite is None."""
    try:
        record = parse_json(line.decode("utf-8", errors="replace"))
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
