"""Schedules that are over long before the run that follows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any  # of plain data

from ganzoo.config.models import RunConfig
from ganzoo.contracts import Schedule

LONG = 1.5
"""A run that is this many times longer than a schedule is worth a word: a third of it is spent at the last value."""
NAMED = 2
"""Settings that a line names; an architecture of many schedules moves them together."""


def note_on_schedules(config: RunConfig, total_kimg: float) -> Iterator[str]:
    """A line for each moment at which schedules are over though the run goes on for long.

    A preset's schedules are made for its own length, in images, and a longer run keeps what they end at.

    Args:
        config: the run's.
        total_kimg: thousand real images it sees.
    """
    over: defaultdict[float, list[str]] = defaultdict(list)
    for path, schedule in _schedules(config.plain()):
        if total_kimg > LONG * schedule.until_kimg:
            over[schedule.until_kimg].append(path)
    for until, paths in sorted(over.items()):
        named = ", ".join(paths[:NAMED]) + (f" and {len(paths) - NAMED} more" if len(paths) > NAMED else "")
        yield (
            f"schedule over at {until:g} of {total_kimg:.0f} kimg, the last value stays: {named}; "
            "a larger until_kimg stretches it"
        )


def _schedules(value: Any, path: str = "") -> Iterator[tuple[str, Schedule]]:
    if isinstance(value, Mapping):
        if value.keys() == Schedule.model_fields.keys():
            yield path, Schedule.model_validate(value)
            return
        for key, inner in value.items():
            yield from _schedules(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _schedules(inner, path)
