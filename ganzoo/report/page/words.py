"""A run in a few words and figures: the verdict in one sentence, the scores."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ganzoo.health.doctor import STARTING
from ganzoo.report.page.charts import written
from ganzoo.report.page.cost import duration, speeds_of, training_seconds
from ganzoo.report.page.model import Record, inside
from ganzoo.runs.evaluations import as_large_as_the_last

LATELY = 5
"""Ticks at the end that "right on ... %" is the mean of."""


class Score(NamedTuple):
    """A row of the table of scores, as shown: the last value, the best, at which step, the floor."""

    name: str
    last: str
    best: str
    at: str
    floor: str


def verdict(record: Record) -> tuple[str, str]:
    """The verdict in one sentence, and its look: "good", "bad" or ""."""
    standing = record.diagnosis.verdict
    held = " + ".join(record.levers)
    right = _lately(record, "accuracy")
    seen = "" if right is None else f"D is right on {written(right, share=True)} of images"
    if not record.ticks:
        return "No verdict: nothing has been measured yet.", ""
    if standing.name == STARTING:
        return f"No verdict yet: too few numbers so far{f'; {seen}' if seen else ''}.", ""
    since = f"since step {standing.step:,}"
    if standing.ailment is not None:
        reasons = ", ".join(map(str, standing.evidence))
        levers = f", with {held}" if held else ", with nothing to balance it"
        return f"{_capital(standing.name)} {since}{f': {reasons}' if reasons else ''}{levers}.", "bad"
    by = f"held {'there ' if seen else ''}by {held}" if held else "held by no lever"
    parts = [_capital(standing.name) + f" {since}", seen, by]
    return "; ".join(part for part in parts[:2] if part) + f", {parts[2]}.", "good"


def scores(record: Record) -> list[Score]:
    """Each score of the evaluations: its last value with its standard error, and its best."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for event in record.evaluations:
        for name in event["data"]["scores"]:
            found.setdefault(name, []).append({**event["data"], "step": event["step"]})
    return [_score(name, records) for name, records in found.items()]


def _score(name: str, records: list[Mapping[str, Any]]) -> Score:
    data = records[-1]
    last = data["scores"][name]
    error, floor = data["standard_errors"].get(name), data["floors"].get(name)
    direction = data["directions"].get(name)
    shown = written(last) + ("" if error is None else f" ± {error:.2g}")
    best, at = "", ""
    if direction is not None:
        choose = min if direction else max
        chosen = choose(as_large_as_the_last(records), key=lambda record: float(record["scores"][name]))
        best, at = written(chosen["scores"][name]), f"{chosen['step']:,}"
    return Score(name, shown, best, at, "" if floor is None else written(floor))


def figures(record: Record) -> list[tuple[str, str]]:
    """Tiles at the top: (figure, what it is)."""
    rows = [(f"{record.step:,}", "steps"), (f"{record.kimg(record.step):,.1f}", "thousand images seen")]
    rows += [(duration(training_seconds(record)), "of training")] if record.ticks else []
    if speeds := speeds_of(record):
        rows.append((f"{np.median(speeds):,.0f}", "images a second"))
    rows += [(score.last, score.name) for score in scores(record)[:3]]
    return rows


def _lately(record: Record, name: str) -> float | None:
    values = [inside(tick, "values").get(name) for tick in record.ticks[-LATELY:]]
    known = [float(value) for value in values if isinstance(value, int | float) and math.isfinite(value)]
    return sum(known) / len(known) if known else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
