"""Evaluations among a run's events, in the form that ganzoo writes; whatever else a file holds is left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NUMBERS = ("scores", "standard_errors", "floors")
"""Tables of an evaluation whose values are finite numbers."""


def evaluations_among(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:  # Any: plain JSON
    """Events of evaluations whose data has a table of scores, in order.

    A score that is null, because it was not finite when it was measured, is not in the table; nor is what is no number.
    The tables beside the scores are there, empty where the file has none: `standard_errors` and `floors` of numbers,
    `directions` of true and false, `protocol`.

    Args:
        events: lines of events.jsonl, whatever stands in them.
    """
    found = (event for event in events if event.get("kind") == "evaluation")
    return [
        {**event, "data": _cleaned(event["data"])}
        for event in found
        if isinstance(event.get("data"), Mapping) and isinstance(event["data"].get("scores"), Mapping)
    ]


def as_large_as_the_last(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of a run's evaluations those whose scores compare with the last one's: a score of fewer images is another score.

    Args:
        records: data of evaluations, in order, as `evaluations_among` gives it.
    """
    sizes = [record["protocol"].get("images_generated") for record in records]
    return [record for record, size in zip(records, sizes, strict=True) if size == sizes[-1]]


def _cleaned(data: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {name: {key: value for key, value in _table(data, name).items() if _is_finite(value)} for name in NUMBERS}
    directions = {key: value for key, value in _table(data, "directions").items() if isinstance(value, bool)}
    return {**data, **numbers, "directions": directions, "protocol": dict(_table(data, "protocol"))}


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
