"""What my-observer does with what happens."""

from __future__ import annotations

import csv
from pathlib import Path

from ganzoo.contracts import Observer, RunStart, Tick
from ganzoo_my_observer.settings import MyObserverConfig

COLUMNS = ("step", "images", "loss_discriminator", "loss_generator", "accuracy", "verdict")


class MyObserver(Observer):
    """A line of `numbers.csv` for each n-th tick; a run that goes on goes on in the same file.

    Args:
        config: how often.
        run: the run directory.
    """

    def __init__(self, config: MyObserverConfig, run: Path) -> None:
        self.config = config
        self.path = run / "numbers.csv"
        self.ticks = 0

    def start(self, start: RunStart) -> None:
        """The head of the table, where there is none yet."""
        if not self.path.exists():
            self._append(COLUMNS)

    def tick(self, tick: Tick) -> None:
        """A line, if it is this tick's turn. A number that was not read is left empty."""
        self.ticks += 1
        if self.ticks % self.config.every:
            return
        known = {"step": tick.step, "images": tick.images, "verdict": tick.verdict, **tick.values}
        self._append([str(known.get(column, "")) for column in COLUMNS])

    def _append(self, cells: list[str] | tuple[str, ...]) -> None:
        with self.path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(cells)
