"""The mean of a few repeats, and how far it can be off."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

CONFIDENCE = 0.95


def half_width(values: Sequence[float], confidence: float = CONFIDENCE) -> float | None:
    """Half the width of the confidence interval around the mean of independent, normal values; None below two.

    Source: Student 1908, "The Probable Error of a Mean".
    """
    if len(values) < 2:
        return None
    error = statistics.stdev(values) / math.sqrt(len(values))
    return student_quantile(len(values) - 1, confidence) * error


def pooled_spread(groups: Sequence[Sequence[float]]) -> float | None:
    """Half the width of the interval around a single value, from the spread within all groups together.

    A few repeats of one setting say little about their spread, those of all settings say more. The spread is taken to
    be the same in all. None where no group has two values.
    """
    freedom = sum(len(group) - 1 for group in groups if group)
    if freedom < 1:
        return None
    squares = sum((value - statistics.fmean(group)) ** 2 for group in groups for value in group)
    return student_quantile(freedom) * math.sqrt(squares / freedom)


def student_quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """The t that |T| stays below with the given probability; T is Student's, with `freedom` >= 1 degrees of freedom."""
    low, high = 0.0, 1.0
    while _inside(high, freedom) < confidence:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < confidence else (low, middle)
    return high


def _inside(t: float, freedom: int) -> float:
    """P(|T| <= t), a finite sum for whole degrees: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = term if freedom > 1 else 0.0
    for power in range(3 if odd else 2, freedom - 1, 2):
        term *= cosine**2 * (power - 1) / power
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
