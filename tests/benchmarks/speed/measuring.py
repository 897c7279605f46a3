"""Ways of doing one thing, measured by turns, and the figure they come to."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BLOCK_S = 3.0
"""Seconds of a block, about: long against the clock, short against the twenty minutes of the whole."""


@dataclass(frozen=True)
class Scale:
    """How much is measured.

    Attributes:
        quick: less of everything, for a look; not for the page.
        work: a folder for what is generated; what lies there is used again.
    """

    quick: bool
    work: Path

    def rounds(self) -> int:
        """Of which the median is taken; five at least, in a whole run."""
        return self.of(5, 1)

    def block(self, step_s: float, whole: int, quick: int, block_s: float = BLOCK_S) -> int:
        """Steps of a block, given the seconds of one: fewer on a machine where they would take long."""
        return max(1, min(self.of(whole, quick), round(block_s / step_s)))

    def of(self, whole: int, quick: int) -> int:
        """A number of steps, images, or the like."""
        return quick if self.quick else whole


@dataclass(frozen=True)
class Target:
    """A bound that a figure should keep."""

    bound: float
    unit: str
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Whether it does."""
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {self.bound:g}{self.unit}"


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        name: by which its figure is kept.
        work: what is done.
        target: what the figure should be; None: it is told, and nothing is asked of it.
        unit: of the figure.
        missed: why it is not what it should be, where it is not on the machine of the page.
    """

    name: str
    work: str
    target: Target | None
    unit: str = ""
    missed: str = ""


@dataclass(frozen=True)
class Figure:
    """What was measured.

    Attributes:
        value: the median.
        samples: of which it is the median.
        facts: what else was seen, for the page.
    """

    value: float
    samples: Sequence[float]
    facts: Mapping[str, object] = field(default_factory=dict)


def seconds(call: Callable[[], object]) -> float:
    """Of one call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def by_turns(ways: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each way gives, round by round: whatever slows the machine down for a while slows all of them.

    The order is turned about from round to round. A first round, in which memory is allocated and kernels are chosen,
    is not counted.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name in list(ways)[:: 1 if number % 2 else -1]:
            value = ways[name]()
            if number:
                found[name].append(value)
    return found


def median_of(samples: Sequence[float], **facts: object) -> Figure:
    """Their median."""
    return Figure(statistics.median(samples), list(samples), facts)


def ratio(over: Sequence[float], under: Sequence[float], **facts: object) -> Figure:
    """The median of the ratios of each round."""
    return median_of([one / other for one, other in zip(over, under, strict=True)], **facts)
