"""Fewer points that look the same: what a screen can show of a long line, with every spike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUCKETS = 600
"""Columns of a chart that are told apart; each holds two points."""


def extremes(values: NDArray[np.float64], buckets: int = BUCKETS) -> NDArray[np.intp]:
    """Indices of the smallest and the largest of [N] values in each of `buckets` even groups, in order.

    The first and the last are kept too, so that a line begins and ends where it did. A group without any finite
    value keeps its first, so that a gap stays one. At most `2 * buckets + 2`; all where there are no more than that.

    After Steinarsson 2013, "Downsampling Time Series for Visual Representation", section 2.1: a plot in which each
    column shows its smallest and largest value draws the same pixels as the whole line.
    """
    count = len(values)
    if count <= 2 * buckets + 2:
        return np.arange(count)
    edges = np.linspace(0, count, buckets + 1).astype(np.intp)[:-1]
    known = np.isfinite(values)
    lows = _first_equal(np.where(known, values, np.inf), np.minimum, edges)
    highs = _first_equal(np.where(known, values, -np.inf), np.maximum, edges)
    return np.unique(np.concatenate([[0], lows, highs, [count - 1]]))


def _first_equal(values: NDArray[np.float64], best: np.ufunc, edges: NDArray[np.intp]) -> NDArray[np.intp]:
    """In each group the first index whose value is the group's best."""
    of_group = np.repeat(best.reduceat(values, edges), np.diff([*edges, len(values)]))
    places = np.where(values == of_group, np.arange(len(values)), len(values))
    return np.minimum.reduceat(places, edges)
