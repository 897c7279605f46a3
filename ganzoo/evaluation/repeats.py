"""Scores of several samples of one generator, as one score with its spread."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from ganzoo.contracts.metric import Score


def mean_of(rounds: Sequence[Mapping[str, Score]]) -> dict[str, Score]:
    """The scores of one round as they are; of several, their mean, with the standard error their spread gives.

    Args:
        rounds: at least one; the same names in each.
    """
    first = rounds[0]
    if len(rounds) == 1:
        return dict(first)
    averaged = {}
    for name, score in first.items():
        values = [found[name].value for found in rounds]
        error = statistics.stdev(values) / len(values) ** 0.5
        averaged[name] = Score(statistics.fmean(values), error, score.floor, score.note)
    return averaged
