"""One run under way: its process, and what it measured so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.following import Tail
from ganzoo.runs.logs import read_lines
from ganzoo.sweeping.plan import Key, Reason
from ganzoo.sweeping.process import Process
from ganzoo.sweeping.score import Measured, measured


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended.

    Attributes:
        reason: of a failure; None: the run has its score, or was stopped as not worth going on.
        message: the failure in words.
        last: the last score, or None.
        pruned: stopped as not worth going on.
    """

    reason: Reason | None = None
    message: str = ""
    last: Measured | None = None
    pruned: bool = False


class Running:
    """A run that was begun.

    Args:
        key: which.
        directory: the run's, there or not.
        score: as a goal names it.
        every: images between two evaluations while training; 0: there are none.
        process: that trains; None: the run has ended already, and its record is all that is needed.
    """

    def __init__(self, key: Key, directory: RunDirectory, score: str, every: float, process: Process | None) -> None:
        self.key = key
        self._every = every
        self._seen: set[int] = set()
        self.directory = directory
        self._score = score
        self._process = process
        self._tail = Tail(directory.events)
        self._last: Measured | None = None
        self._pruned = False

    def news(self) -> Sequence[Measured]:
        """Scores since it was asked last. A run that went back tells some again."""
        found = [score for event in self._tail.news().records if (score := measured(event, self._score))]
        if found:
            self._last = found[-1]
        return found

    def place(self, found: Measured) -> int | None:
        """Which of the evaluations while training it is, from 1: the same in every run; None: it was counted before."""
        place = round(found.images / self._every) if self._every else 0
        if place < 1 or place in self._seen:
            return None
        self._seen.add(place)
        return place

    def prune(self) -> None:
        """Stop it: it is not worth going on."""
        self._pruned = True
        self.stop()

    def stop(self) -> None:
        """Let it save and leave."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """End it now."""
        if self._process is not None and not self._process.ended:
            self._process.kill()

    @property
    def ended(self) -> bool:
        """Nothing more will come."""
        return self._process is None or self._process.ended

    def outcome(self) -> Outcome:
        """Of one that has ended and whose last news are read."""
        fault = None
        if self._process is not None:
            self._process.close()
            fault = self._process.fault()
        if self._pruned and (fault is None or fault[0] is Reason.INTERRUPTED) and not is_finished(self.directory):
            return Outcome(last=self._last, pruned=True)
        if fault is not None:
            return Outcome(*fault)
        if self._last is None or self._last.step != _end(self.directory).get("step"):
            return Outcome(Reason.ERROR, f"the run measured no {self._score} at its end")  # events.jsonl says why
        return Outcome(last=self._last)


def is_finished(directory: RunDirectory) -> bool:
    """The run was trained to its end, and its record says so."""
    return _end(directory).get("message") == "finished"


def _end(directory: RunDirectory) -> Mapping[str, object]:
    """The record's last line, if it is that of an end."""
    *_, last = [{}, *read_lines(directory.events)]
    return last if last.get("kind") == "end" else {}


def run_directory(folder: Path, key: Key) -> RunDirectory:
    """Where the run of a sweep lies."""
    return RunDirectory(folder / "runs" / key.folder)
