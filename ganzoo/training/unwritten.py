"""The record as processes other than rank 0 keep it: not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ganzoo.contracts import Event, RunStart, Tick
from ganzoo.runs.journal import Journal


class Unwritten(Journal):
    """Takes everything, writes nothing, tells nobody: rank 0 does, of the same events."""

    def __init__(self) -> None:  # nothing is opened: the directory may be on another machine
        pass

    def start(self, start: RunStart) -> None:
        """Nothing."""

    def tick(self, tick: Tick) -> None:
        """Nothing."""

    def event(self, event: Event) -> None:
        """Nothing."""

    def images(self, step: int, path: Path) -> None:
        """Nothing."""

    def end(self, step: int, status: str, data: Mapping[str, object] | None = None) -> None:
        """Nothing."""

    def lengths(self) -> dict[str, int]:
        """None are known."""
        return {}

    def cut(self, lengths: Mapping[str, int]) -> list[str]:
        """Nothing is missing."""
        return []
