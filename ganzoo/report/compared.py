"""One run as a comparison reads it: from its files alone, finished or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ganzoo.config.files import read_config
from ganzoo.report.series import kimg_at
from ganzoo.runs.directory import RunDirectory, open_run
from ganzoo.runs.evaluations import evaluations_among
from ganzoo.runs.forks import since_the_fork
from ganzoo.runs.logs import read_lines
from ganzoo.runs.records import parse_json, read_text

CONTENT = "images' content"
DIGEST = 12
"""Digits of a digest that are shown, here as in the protocols of scores: all 64 would take a table's whole width."""
THINGS_OF_THE_MACHINE = {
    "ganzoo": ("ganzoo",),
    "torch": ("libraries", "torch"),
    "arithmetic": ("arithmetic",),
    CONTENT: ("data", "fingerprint"),
    "machine": ("machine", "system"),
    "cores": ("machine", "cores"),
}
"""What environment.json says that may explain a difference, by what it is called."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took, a fork without what it was forked from; what its files do not tell is None.

    Attributes:
        images_per_s: real images a second while training, the median of the ticks.
        training_minutes: without evaluations and pictures.
        evaluation_minutes: all evaluations together.
    """

    images_per_s: float | None
    training_minutes: float | None
    evaluation_minutes: float


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run's record.

    Attributes:
        name: short, distinct among those compared.
        directory: its files.
        settings: of config.toml, by dotted path, plain values.
        machine: what may explain a difference beside the settings, in words.
        ticks: lines of metrics.jsonl.
        events: lines of events.jsonl.
        cost: what it took.
    """

    name: str
    directory: RunDirectory
    settings: Mapping[str, object]
    machine: Mapping[str, str]
    ticks: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]]
    cost: Cost

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        """Events of evaluations, in order; their scores are finite numbers by name."""
        return evaluations_among(self.events)

    @property
    def kimg(self) -> float:
        """Thousand real images seen."""
        return max((_number(tick.get("images"), 0.0) for tick in self.ticks), default=0.0) / 1000

    @property
    def verdict(self) -> str:
        """The doctor's last word, or "" before the first."""
        return str(self.ticks[-1].get("verdict", "")) if self.ticks else ""

    @property
    def ending(self) -> str:
        """`finished`, `interrupted`, `failed`, or that there is no end in the record."""
        ends = [str(event.get("message")) for event in self.events if event.get("kind") == "end"]
        return ends[-1] if ends else "not ended"

    @property
    def copies(self) -> str:
        """What the search for copies of training images found, or ""."""
        found = [str(event.get("message")) for event in self.events if event.get("kind") == "memorising"]
        return found[-1] if found else ""

    def grids(self) -> list[tuple[float, Path]]:
        """Pictures of samples with the thousand images seen when they were drawn, in order."""
        kimg = kimg_at(self.ticks, self.settings.get("training.batch_size"))
        return [(kimg(step), path) for step, path in self.directory.grids()]


def read_runs(paths: Sequence[Path]) -> list[ComparedRun]:
    """The records of several runs, each with a name of its own.

    Raises:
        UsageError: a path that is no run, or a configuration that cannot be read.
    """
    directories = [open_run(path) for path in paths]
    short = [path.resolve().name for path in paths]
    names = short if len(set(short)) == len(short) else [str(path) for path in paths]
    return [_read(name, directory) for name, directory in zip(names, directories, strict=True)]


def _read(name: str, directory: RunDirectory) -> ComparedRun:
    ticks, events = directory.ticks(), list(read_lines(directory.events))
    return ComparedRun(
        name=name,
        directory=directory,
        settings={override.path: override.value for override in read_config(directory.config)},
        machine=_machine(directory.environment),
        ticks=ticks,
        events=events,
        cost=_cost(ticks, events),
    )


def _machine(path: Path) -> dict[str, str]:
    try:
        facts: Any = parse_json(read_text(path))
    except (OSError, ValueError):
        return {}  # a run is compared by what it has
    found: dict[str, str] = {}
    for name, keys in THINGS_OF_THE_MACHINE.items():
        value = facts
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            found[name] = str(value)[:DIGEST] if name == CONTENT else str(value)
    return found


def _cost(ticks: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> Cost:
    images = np.array([_number(tick.get("images")) for tick in ticks], dtype=np.float64)
    speeds = np.array([_number(tick.get("images_per_s")) for tick in ticks], dtype=np.float64)
    seen = np.diff(images, prepend=0.0)
    begun, events = since_the_fork(events)
    own = np.array([_number(tick.get("step")) for tick in ticks]) > begun
    known = own & np.isfinite(seen) & (seen > 0) & np.isfinite(speeds) & (speeds > 0)
    seconds = float((seen[known] / speeds[known]).sum())
    evaluating = sum(
        _number(event["data"].get("seconds"), 0.0)
        for event in events
        if event.get("kind") in ("evaluation", "memorising") and isinstance(event.get("data"), Mapping)
    )
    if not seconds:
        return Cost(None, None, evaluating / 60)
    return Cost(float(np.median(speeds[known])), seconds / 60, evaluating / 60)


def _number(value: object, otherwise: float = float("nan")) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
