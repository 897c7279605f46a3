"""Scores of several runs beside one another: ranked where they can be, and where not, with the reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ganzoo.report.compared import ComparedRun
from ganzoo.runs.evaluations import as_large_as_the_last

Differences = Callable[[Mapping[str, object], Mapping[str, object], str], Sequence[str]]
"""differences(protocol, other protocol, score): why the two cannot be ranked; whoever makes scores knows."""
DEVIATIONS = 2.0
"""Standard errors of a difference below which it may be chance."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A run's score at its last evaluation that has it, and the best it had.

    Attributes:
        value: finite.
        kimg: thousand images seen, or None where that is not recorded.
        standard_error: or None where it is not known.
        floor: what a perfect generator would get, or None.
        best: over the run; None for a figure that is only watched.
        best_kimg: where.
        protocol: how it was made.
    """

    value: float
    kimg: float | None
    standard_error: float | None
    floor: float | None
    best: float | None
    best_kimg: float | None
    protocol: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ranking:
    """One score of all runs.

    Attributes:
        name: of the score.
        lower_is_better: True, False, or None: a figure to watch, not to rank by.
        scored: a run's, or None where it has no such score.
        reasons: why the runs are not ranked; empty where they are, or where there is nothing to rank.
        ranks: 1 is best; None: not ranked. Runs that differ by no more than chance share a rank.
        cautions: what to keep in mind while reading it.
    """

    name: str
    lower_is_better: bool | None
    scored: Sequence[Scored | None]
    reasons: Sequence[str] = ()
    ranks: Sequence[int | None] = ()
    cautions: Sequence[str] = field(default_factory=tuple)


def rank(runs: Sequence[ComparedRun], differences: Differences) -> list[Ranking]:
    """Every score that some run has, in the order of the first run that has it."""
    names = dict.fromkeys(name for run in runs for event in run.evaluations for name in event["data"]["scores"])
    return [_rank(name, runs, differences) for name in names]


def ranks(values: Sequence[tuple[float, float | None]], *, lower_is_better: bool) -> list[int]:
    """1 + how many others are clearly better: by over twice the standard error of the difference, where it is known.

    Args:
        values: (score, its standard error or None).
        lower_is_better: direction.
    """
    sign = 1.0 if lower_is_better else -1.0

    def is_better(one: tuple[float, float | None], other: tuple[float, float | None]) -> bool:
        noise = 0.0
        if one[1] is not None and other[1] is not None:
            noise = DEVIATIONS * math.hypot(one[1], other[1])
        return sign * (other[0] - one[0]) > noise

    return [1 + sum(is_better(other, value) for other in values) for value in values]


def _rank(name: str, runs: Sequence[ComparedRun], differences: Differences) -> Ranking:
    directions = [_direction(run, name) for run in runs]
    scored = [_scored(run, name, direction) for run, direction in zip(runs, directions, strict=True)]
    there = [index for index, one in enumerate(scored) if one is not None]
    direction = directions[there[0]] if there else None
    nobody: list[int | None] = [None] * len(runs)
    if direction is None or len(there) < 2:
        return Ranking(name, direction, scored, ranks=nobody)
    reasons = [
        f"{runs[index].name} and {runs[there[0]].name}: {reason}"
        for index in there[1:]
        for reason in _reasons(name, scored[index], scored[there[0]], directions[index] == direction, differences)
    ]
    if reasons:
        return Ranking(name, direction, scored, reasons, nobody)
    known = [(index, one) for index, one in enumerate(scored) if one is not None]
    found = ranks([(one.value, one.standard_error) for _, one in known], lower_is_better=direction)
    placed = dict(zip([index for index, _ in known], found, strict=True))
    cautions = []
    if len({one.kimg for _, one in known}) > 1:
        cautions.append("measured after different numbers of images")
    if any(one.standard_error is None for _, one in known):
        cautions.append("without a standard error: small differences may be chance")
    return Ranking(name, direction, scored, (), [placed.get(index) for index in range(len(runs))], cautions)


def _reasons(
    name: str, one: Scored | None, other: Scored | None, same_direction: bool, differences: Differences
) -> Sequence[str]:
    assert one is not None and other is not None  # both runs have the score
    found = list(differences(one.protocol, other.protocol, name))
    return found if same_direction else ["one takes lower for better, the other higher", *found]


def _direction(run: ComparedRun, name: str) -> bool | None:
    for event in reversed(run.evaluations):
        if name in event["data"]["directions"]:
            return bool(event["data"]["directions"][name])
    return None


def _scored(run: ComparedRun, name: str, lower_is_better: bool | None) -> Scored | None:
    records = [event["data"] for event in run.evaluations if name in event["data"]["scores"]]
    if not records:
        return None
    last = records[-1]
    best, best_kimg = None, None
    if lower_is_better is not None:
        choose = min if lower_is_better else max
        record = choose(as_large_as_the_last(records), key=lambda record: float(record["scores"][name]))
        best, best_kimg = float(record["scores"][name]), _kimg(record)
    return Scored(
        value=float(last["scores"][name]),
        kimg=_kimg(last),
        standard_error=last["standard_errors"].get(name),
        floor=last["floors"].get(name),
        best=best,
        best_kimg=best_kimg,
        protocol=last["protocol"],
    )


def _kimg(record: Mapping[str, Any]) -> float | None:
    images = record.get("images")
    return images / 1000 if isinstance(images, int | float) and not isinstance(images, bool) else None
