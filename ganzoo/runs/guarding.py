"""What is beside training may fail, a picture, a score, who watches: training goes on, and the fault is told."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

FAULTS_IN_A_ROW = 3
"""After so many, what fails is left out for the rest of the run."""


class Guard:
    """Calls what must not end a run.

    Args:
        tell: given a line and plain data about each fault.
    """

    def __init__(self, tell: Callable[[str, Mapping[str, object]], None]) -> None:
        self._tell = tell
        self._in_a_row: dict[Hashable, int] = {}

    def __call__(
        self,
        what: str,
        call: Callable[[], T],
        *,
        key: Hashable = None,
        advice: Callable[[Exception], str] = lambda _: "",
    ) -> T | None:
        """The call's answer; None where it failed, or has failed too often to be tried again.

        Args:
            what: is called, in words.
            call: takes nothing.
            key: under which faults are counted; None: `what`.
            advice: said behind the error.
        """
        key = what if key is None else key
        if self.is_off(key):
            return None
        try:
            answer = call()
        except Exception as error:  # noqa: BLE001 - training is never lost to what is beside it; Ctrl-C passes
            self._in_a_row[key] = self._in_a_row.get(key, 0) + 1
            said = f"{what} failed: {_last_line(error)}"
            hint = advice(error)
            left_out = "it is left out from now on" if self.is_off(key) else ""
            self._tell("; ".join(filter(None, [said, hint, left_out])), {"what": what, "where": _where(error)})
            return None
        self._in_a_row[key] = 0
        return answer

    def is_off(self, key: Hashable) -> bool:
        """Whether it has failed too often."""
        return self._in_a_row.get(key, 0) >= FAULTS_IN_A_ROW


def _last_line(error: Exception) -> str:
    """`ValueError: no such thing`, as the last line of a traceback."""
    return traceback.format_exception_only(error)[0].strip().splitlines()[0]


def _where(error: Exception) -> str:
    """`plot.py:12 in draw`, where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
