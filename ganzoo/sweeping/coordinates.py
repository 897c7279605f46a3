"""Parallel coordinates: an axis a thing that varied, a line a setting, the score last."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ganzoo.sweeping.ranking import Ranked, Row
from ganzoo.sweeping.vary import Axis, Plain, Range

WIDTH, HEIGHT = 1000.0, 340.0
LEFT, RIGHT, TOP, BOTTOM = 90.0, 110.0, 46.0, 24.0
ABSENT = "–"
"""Where a setting has no such thing: its part was not chosen."""
TICKS = 5
LONGEST = 22
"""Characters of a label; the whole is shown under the pointer."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a height."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One axis, ready to be drawn.

    Attributes:
        x: where it stands.
        name: above it.
        ticks: along it.
    """

    x: float
    name: str
    ticks: Sequence[Tick]

    @property
    def short(self) -> str:
        """The name's end, which tells axes apart."""
        return shortened(self.name, keep_end=True)


@dataclass(frozen=True, slots=True)
class Path:
    """One setting's line.

    Attributes:
        points: `x,y x,y ...`.
        share: 1 for the best score, 0 for the worst.
        text: what it is.
    """

    points: str
    share: float
    text: str


@dataclass(frozen=True, slots=True)
class Coordinates:
    """The drawing, `WIDTH` by `HEIGHT`; the best line comes last, on top of the others."""

    scales: Sequence[Scale]
    paths: Sequence[Path]
    width: float = WIDTH
    height: float = HEIGHT


def coordinates(ranked: Ranked, axes: Sequence[Axis]) -> Coordinates | None:
    """The drawing of all settings that have a score; None below two."""
    rows = [row for row in ranked.rows if row.mean is not None]
    if len(rows) < 2:
        return None
    step = (WIDTH - LEFT - RIGHT) / len(axes)
    scales, places = [], []
    for index, axis in enumerate(axes):
        place, ticks = _of(axis, rows)
        scales.append(Scale(LEFT + index * step, axis.name, ticks))
        places.append(place)
    means = [row.mean for row in rows if row.mean is not None]
    best, worst = (min(means), max(means)) if ranked.minimise else (max(means), min(means))
    scales.append(Scale(WIDTH - RIGHT, ranked.score, [Tick(TOP, _number(best)), Tick(HEIGHT - BOTTOM, _number(worst))]))
    paths = []
    for row, mean in zip(rows, means, strict=True):
        share = (mean - worst) / (best - worst) if best != worst else 1.0
        heights = [place(row.setting) for place in places] + [_height(share)]
        points = " ".join(f"{scale.x:.1f},{y:.1f}" for scale, y in zip(scales, heights, strict=True))
        values = ", ".join(f"{name} = {value}" for name, value in row.setting.items())
        paths.append(Path(points, round(share, 3), f"{values}: {_number(mean)}"))
    return Coordinates(scales, sorted(paths, key=lambda path: path.share))


def shortened(text: str, *, keep_end: bool = False) -> str:
    """At most `LONGEST` characters."""
    if len(text) <= LONGEST:
        return text
    return f"…{text[1 - LONGEST :]}" if keep_end else f"{text[: LONGEST - 1]}…"


def _of(axis: Axis, rows: Sequence[Row]) -> tuple[Callable[[Mapping[str, Plain]], float], list[Tick]]:
    """How high a setting's line crosses the axis, and its ticks."""
    name = axis.name
    bottom = [Tick(_height(0.0), ABSENT)] if any(name not in row.setting for row in rows) else []
    lowest = 0.12 if bottom else 0.0
    if isinstance(axis.domain, Range):
        domain = axis.domain
        shares = [tick / (TICKS - 1) for tick in range(TICKS)]
        ticks = [Tick(_height(lowest + (1 - lowest) * share), _number(_at(domain, share))) for share in shares]

        def of_range(setting: Mapping[str, Plain]) -> float:
            share = _share(domain, float(setting[name])) if name in setting else None
            return _height(0.0 if share is None else lowest + (1 - lowest) * share)

        return of_range, [*ticks, *bottom]
    values = list(axis.domain)
    if all(isinstance(value, int | float) for value in values):
        values.sort(key=float)
    last = max(1, len(values) - 1)
    heights = {value: _height(lowest + (1 - lowest) * index / last) for index, value in enumerate(values)}
    return (
        lambda setting: heights[setting[name]] if name in setting else _height(0.0),
        [*(Tick(y, shortened(str(value))) for value, y in heights.items()), *bottom],
    )


def _share(domain: Range, value: float) -> float:
    if domain.log:
        return math.log(value / domain.low) / math.log(domain.high / domain.low)
    return (value - domain.low) / (domain.high - domain.low)


def _at(domain: Range, share: float) -> float:
    if domain.log:
        return domain.low * math.exp(share * math.log(domain.high / domain.low))
    return domain.low + share * (domain.high - domain.low)


def _height(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _number(value: float) -> str:
    return f"{value:.4g}"
