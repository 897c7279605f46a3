"""A curve in one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int, limits: tuple[float, float] | None = None) -> str:
    """At most `width` bars; more values than that are averaged in even groups, so that the whole run is seen.

    Args:
        values: in order; one that is not finite is a blank.
        width: characters, >= 0.
        limits: what the lowest and the highest bar stand for; None: the smallest and largest value shown.
    """
    groups = min(width, len(values))
    edges = [len(values) * place // groups for place in range(groups + 1)] if groups else []
    means = [_mean(values[start:stop]) for start, stop in pairwise(edges)]
    known = [mean for mean in means if math.isfinite(mean)]
    if not known:
        return " " * len(means)
    low, high = limits or (min(known), max(known))
    return "".join(_bar(mean, low, high) for mean in means)


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan


def _bar(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return " "
    span = high / 2 - low / 2  # halves: the difference of the two largest floats is still one
    share = (value / 2 - low / 2) / span if span > 0 else 0.5
    return BARS[min(len(BARS) - 1, max(0, int(share * len(BARS))))]
