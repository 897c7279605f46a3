"""Values over images seen, out of a run's records, and what a plot makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ganzoo.contracts.smoothing import Smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray


LARGEST = 1e30
"""What is larger has diverged: no axis that holds it shows anything else."""


class Series(NamedTuple):
    """One line of a plot: thousand images seen, [N], and the value there, [N], NaN where there is none."""

    kimg: NDArray[np.float64]
    values: NDArray[np.float64]


def tick_series(ticks: Sequence[Mapping[str, object]], name: str) -> Series:
    """The value `name` of each line of metrics.jsonl."""
    return _series([(tick.get("images"), _inside(tick, "values").get(name)) for tick in ticks])


def score_series(evaluations: Sequence[Mapping[str, object]]) -> list[tuple[str, Series]]:
    """Each score of the evaluations by name, in the order in which they first appear."""
    records = [_inside(evaluation, "data") for evaluation in evaluations]
    names = dict.fromkeys(str(name) for record in records for name in _inside(record, "scores"))
    return [
        (name, _series([(record.get("images"), _inside(record, "scores").get(name)) for record in records]))
        for name in names
    ]


def beside(evaluations: Sequence[Mapping[str, object]], table: str, name: str) -> NDArray[np.float64]:
    """What each evaluation's table says of a score, [N]; NaN where it says nothing."""
    return np.array([_number(_inside(_inside(event, "data"), table).get(name)) for event in evaluations])


def kimg_at(ticks: Sequence[Mapping[str, object]], batch_size: object) -> Callable[[float], float]:
    """Thousand images seen at a step: between the ticks what lies between them, after them as many a step as before.

    Args:
        ticks: lines of metrics.jsonl, in order; how many images a step sees may change on the way.
        batch_size: images a step where there is no tick yet; what is no number counts for nothing.
    """
    known = [(_number(tick.get("step")), _number(tick.get("images"))) for tick in ticks]
    pairs = [(0.0, 0.0), *(pair for pair in known if all(map(math.isfinite, pair)))]
    steps, images = np.array(pairs, dtype=np.float64).T
    each = _number(batch_size)

    def kimg(step: float) -> float:
        if steps[-1] <= 0:
            return step * each / 1000 if math.isfinite(each) else 0.0
        if step > steps[-1]:
            return float(step * images[-1] / steps[-1]) / 1000
        return float(np.interp(step, steps, images)) / 1000

    return kimg


def smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exponential average of [N] values over about a thirtieth of them; a NaN stays, and is passed over."""
    average = Smoothed(1 - 1 / max(1.0, len(values) / 30))
    result = np.full(len(values), math.nan)
    for index in np.flatnonzero(np.isfinite(values)):
        average.update(float(values[index]))
        result[index] = average.value
    return result


def visible_range(values: Sequence[NDArray[np.float64]]) -> tuple[float, float] | None:
    """Limits around the middle 98 % of the values and all smoothed ones, with a margin; None: no values."""
    known = [series[np.isfinite(series)] for series in values]
    known = [series for series in known if series.size]
    if not known:
        return None
    ends = [np.quantile(np.concatenate(known), (0.01, 0.99)), *(smoothed(series) for series in known)]
    low, high = (float(end) for end in (np.min(np.concatenate(ends)), np.max(np.concatenate(ends))))
    margin = 0.08 * (high - low) or max(0.1, 0.1 * abs(high))
    return low - margin, high + margin


def _series(points: Sequence[tuple[object, object]]) -> Series:
    known = [(_number(images) / 1000, _number(value)) for images, value in points]
    placed = np.array([point for point in known if math.isfinite(point[0])], dtype=np.float64).reshape(-1, 2)
    return Series(placed[:, 0], placed[:, 1])


def _number(value: object) -> float:
    if isinstance(value, int | float) and abs(value) < LARGEST:  # false for NaN and the infinities
        return float(value)
    return math.nan


def _inside(record: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}
