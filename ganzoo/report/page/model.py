"""What a report is made of, read from a run directory; what cannot be read is noted, and the rest is shown."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

from ganzoo.contracts import ImageShape
from ganzoo.health.diagnosis import Diagnosis, diagnose
from ganzoo.health.remedies import InUse
from ganzoo.registry.catalogue import Catalogue
from ganzoo.report.series import kimg_at
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.evaluations import evaluations_among
from ganzoo.runs.logs import read_lines
from ganzoo.runs.records import parse_json, read_text
from ganzoo.runs.title import levers_of, title_of

Table = dict[str, Any]  # Any: plain JSON or TOML


@dataclass(frozen=True)
class Record:
    """A run as its files tell it.

    Attributes:
        run: where it lies.
        config: config.toml; empty where it cannot be read.
        environment: environment.json; empty likewise.
        ticks: the lines of metrics.jsonl that have a step and images.
        events: the lines of events.jsonl that have a kind and a step.
        diagnosis: the doctor's.
        status: "finished", "interrupted", "failed"; "unfinished" where no end is written down.
        notes: what could not be read.
    """

    run: RunDirectory
    config: Table
    environment: Table
    ticks: list[Table]
    events: list[Table]
    diagnosis: Diagnosis
    status: str
    notes: tuple[str, ...]

    @property
    def levers(self) -> list[str]:
        """Names of the strategies in use: the recipe's method, then `--balance`; "none" is none."""
        return levers_of(self.config)

    @property
    def title(self) -> str:
        """`dcgan on avatars, 32 px, r1r2`, as on the screen while it trained."""
        data = inside(self.environment, "data").get("name") or inside(inside(self.config, "data"), "source").get("kind")
        return title_of(self.config, data or "unknown data", self._shape)

    @property
    def _shape(self) -> str:
        """In words; of a record that does not say it, what the configuration asks for, which is of images."""
        size, channels = (inside(self.environment, "shape").get(name) for name in ("size", "channels"))
        if is_count(size) and is_count(channels):
            return ImageShape(size, channels).words
        return f"{inside(self.config, 'data').get('image_size', '?')} px"

    @property
    def step(self) -> int:
        """The last one that anything is known of."""
        return max((int(record["step"]) for record in [*self.ticks[-1:], *self.events[-1:]]), default=0)

    def of_kind(self, *kinds: str) -> list[Table]:
        """Events of these kinds, in order."""
        return [event for event in self.events if event["kind"] in kinds]

    @property
    def evaluations(self) -> list[Table]:
        """Events of evaluations, in order; their scores are finite numbers by name."""
        return evaluations_among(self.events)

    @cached_property
    def kimg(self) -> Callable[[float], float]:
        """Thousand images seen at a step."""
        return kimg_at(self.ticks, inside(self.config, "training").get("batch_size"))


def read_record(run: RunDirectory, catalogue: Catalogue, status: str | None = None) -> Record:
    """Read everything; no torch, no checkpoint.

    Args:
        run: a run directory, whatever stands in it.
        catalogue: where the doctor finds remedies.
        status: what the record does not say yet; None: what it says.
    """
    notes: list[str] = []
    config = _table(run.config, tomllib.loads, notes)
    environment = _table(run.environment, parse_json, notes)
    ticks = [line for line in read_lines(run.metrics) if is_count(line.get("step")) and is_count(line.get("images"))]
    events = [
        line for line in read_lines(run.events) if is_count(line.get("step")) and isinstance(line.get("kind"), str)
    ]
    ended = [event for event in events if event["kind"] in ("end", "resumed")]
    known = str(ended[-1].get("message")) if ended and ended[-1]["kind"] == "end" else "unfinished"
    diagnosis = diagnose(ticks, InUse.of(config), catalogue)
    return Record(run, config, environment, ticks, events, diagnosis, status or known, tuple(notes))


def inside(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The table `name` of a record, or an empty one."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def is_count(value: object) -> TypeGuard[int]:
    """A whole number from 0, in a range that floats hold."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _table(path: Path, parse: Any, notes: list[str]) -> Table:  # Any: of JSON or of TOML
    try:
        table = parse(read_text(path))
    except FileNotFoundError:
        notes.append(f"{path.name} is missing")
        return {}
    except (OSError, ValueError, RecursionError) as error:
        notes.append(f"{path.name} cannot be read: {error}")
        return {}
    return table if isinstance(table, dict) else {}
