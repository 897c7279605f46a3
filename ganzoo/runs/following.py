"""A log that another process writes, read as it grows, over a cut back to a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ganzoo.runs.logs import record_of

REMEMBERED = 256
"""Bytes before the place read up to: if they changed, the log was cut back and has grown again since."""


class News(NamedTuple):
    """What is new in a log.

    Attributes:
        records: whole lines that are JSON objects, in order.
        cut: the log was cut back: what was told before may not be true any more; the records are all there are.
    """

    records: list[dict[str, Any]]  # Any: JSON
    cut: bool


class Tail:
    """Reads what was appended since it was asked last. The log may not be there yet, and may go away.

    Args:
        path: a .jsonl file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._before = b""

    def news(self) -> News:
        """Whole new lines; half a line waits for its end."""
        try:
            with self._path.open("rb") as file:
                cut = not self._goes_on(file.seek(0, 2), file)
                if cut:
                    self._read, self._before = 0, b""
                file.seek(self._read)
                whole = file.read()
        except FileNotFoundError:
            cut, whole = self._read > 0, b""
            self._read, self._before = 0, b""
        whole = whole[: whole.rfind(b"\n") + 1]
        self._read += len(whole)
        self._before = (self._before + whole)[-REMEMBERED:]
        return News([record for line in whole.splitlines() if (record := record_of(line)) is not None], cut)

    def _goes_on(self, size: int, file: Any) -> bool:  # Any: a binary file
        """Whether what was read is still there."""
        if size < self._read:
            return False
        file.seek(self._read - len(self._before))
        return bool(file.read(len(self._before)) == self._before)
