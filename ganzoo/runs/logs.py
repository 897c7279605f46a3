"""metrics.jsonl and events.jsonl: one JSON object a line, appended, cut back to a checkpoint on resume."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


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
        """Write one line. NaN and infinity become null: they are not JSON."""
        line = json.dumps(_finite(record), ensure_ascii=False, separators=(",", ":"), default=str)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def cut(self, size: int) -> None:
        """Forget what was written after a checkpoint: it will be written again."""
        if size < self.size:
            with self.path.open("rb+") as file:
                file.truncate(size)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a log; a last line that a kill cut short is left out.

    Lines that are no JSON objects are left out too: a log is read to be shown, and what is left is still true.
    """
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict):
                yield record


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
