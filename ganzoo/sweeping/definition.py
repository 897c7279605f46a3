"""What a sweep is, complete: with it, any worker on any machine makes the same settings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import tomli_w
from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import to_jsonable_python

from ganzoo.config.compose import Request
from ganzoo.config.overrides import Override
from ganzoo.config.writing import without_null
from ganzoo.contracts.record import Record
from ganzoo.errors import UsageError
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.records import read_text
from ganzoo.sweeping.vary import Axis, Plain, Range

FILE = "sweep.toml"
BASE = "base"
"""Name of the configuration file that was given, kept beside it."""


AsKept = Annotated[Any, BeforeValidator(lambda value: without_null(to_jsonable_python(value)))]
"""Whatever TOML can hold, in the form it comes back in: lists for tuples, "none" for None."""


class AxisRecord(Record):
    """One thing that varies, as it is kept."""

    name: str
    """A setting's path, or `balance`, `data`, `preset`, `recipe`."""
    values: tuple[AsKept, ...] = ()
    """The settings' values; empty for a range."""
    stored: tuple[str | int | float | bool, ...] = ()
    """The names they go by."""
    low: float = 0.0
    """Of a range."""
    high: float = 0.0
    """Of a range."""
    log: bool = False
    """A range drawn evenly in the logarithm."""
    whole: bool = False
    """A range of whole numbers."""

    @model_validator(mode="after")
    def _each_has_a_name(self) -> Self:
        if len(self.values) != len(self.stored):
            raise ValueError(f"{len(self.values)} values and {len(self.stored)} stored: one for each is needed")
        return self


class OptionRecord(Record):
    """A setting all runs have in common."""

    path: str
    """Dotted."""
    value: AsKept
    """As TOML holds it."""
    origin: str
    """The option it was given by."""


class Definition(Record):
    """A sweep."""

    recipe: str | None = None
    """The architecture; none: the configuration file names it."""
    preset: str | None = None
    """One of its presets."""
    config: str | None = None
    """Text of the configuration file."""
    config_suffix: Literal[".toml", ".yaml", ".yml"] = ".toml"
    """How it is read."""
    data: str | None = None
    """As for `--data`."""
    balance: tuple[str, ...] = ()
    """Strategies of every run."""
    metrics: tuple[str, ...] = ()
    """Scores of every run."""
    observers: tuple[str, ...] = ()
    """Who watches every run."""
    options: tuple[OptionRecord, ...] = ()
    """Settings of every run."""
    axes: tuple[AxisRecord, ...] = ()
    """What varies."""
    seed: int = Field(default=0, ge=0)
    """Of the first repeat; the next has the next. Also of what is drawn."""
    seeds: int = Field(default=1, ge=1, le=1000)
    """Repeats of each setting."""
    score: str
    """What settings are ranked by."""
    minimise: bool = True
    """Lower is better."""
    sampler: Literal["grid", "random", "tpe"] = "grid"
    """How settings are chosen."""
    trials: int = Field(ge=1)
    """Settings that are tried."""
    prune: int | None = Field(default=None, ge=1)
    """Evaluations without improvement after which a run that is worse than the median may be stopped; none: never."""

    @property
    def varies(self) -> tuple[Axis, ...]:
        """The axes."""
        return tuple(_axis(record) for record in self.axes)

    def request(self, folder: Path) -> Request:
        """What all runs have in common; the configuration file is put into `folder`."""
        path = None
        if self.config is not None:
            path = folder / f"{BASE}{self.config_suffix}"
            if not path.exists() or path.read_bytes() != self.config.encode():
                write_atomic(path, self.config)
        return Request(
            recipe=self.recipe,
            preset=self.preset,
            config=path,
            data=self.data,
            balance=self.balance,
            metrics=self.metrics,
            observers=self.observers,
            options=[Override(option.path, option.value, option.origin) for option in self.options],
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return self.model_dump(mode="json")

    def write(self, folder: Path) -> None:
        """`sweep.toml`."""
        write_atomic(folder / FILE, tomli_w.dumps(without_null(self.as_dict())))


def recorded(axes: Sequence[Axis]) -> tuple[AxisRecord, ...]:
    """Axes as a definition keeps them."""
    return tuple(
        AxisRecord(
            name=axis.name, low=axis.domain.low, high=axis.domain.high, log=axis.domain.log, whole=axis.domain.whole
        )
        if isinstance(axis.domain, Range)
        else AxisRecord(name=axis.name, values=tuple(axis.domain.values()), stored=tuple(axis.domain))
        for axis in axes
    )


def read_definition(folder: Path) -> Definition:
    """The sweep of a folder.

    Raises:
        UsageError: there is none.
    """
    path = folder / FILE
    try:
        table = tomllib.loads(read_text(path))
    except (OSError, ValueError, RecursionError) as error:
        reason = "it has no sweep.toml" if isinstance(error, FileNotFoundError) else error
        raise UsageError(f"{folder} is not a sweep: {reason}") from error
    return checked(table, str(path))


def checked(table: Mapping[str, Any], where: str) -> Definition:
    """A definition from plain values.

    Raises:
        UsageError: they are none; names `where` they come from.
    """
    try:
        return Definition.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise UsageError(f"{where} is not what ganzoo writes: {at}: {first['msg'].lower()}") from error


def _axis(record: AxisRecord) -> Axis:
    if not record.values:
        return Axis(record.name, Range(record.low, record.high, record.log, record.whole))
    domain: dict[Plain, Any] = dict(zip(record.stored, record.values, strict=True))
    return Axis(record.name, domain)
