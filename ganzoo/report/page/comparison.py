"""The page of a comparison: what differs, scores with their protocols, samples side by side, curves, cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ganzoo.data.contents import Unreadable
from ganzoo.errors import UsageError
from ganzoo.report.comparison import Comparison, Moment, written
from ganzoo.report.page.charts import COLOURS, DASHES, Chart, Line, draw, interval_of
from ganzoo.report.page.pictures import single
from ganzoo.report.page.shell import render
from ganzoo.report.ranking import Ranking, Scored
from ganzoo.report.series import score_series, tick_series
from ganzoo.runs.atomic import write_atomic

DIRECTIONS = {True: "lower is better", False: "higher is better", None: "a figure to watch"}
NOTHING = "–"
ROOM = 2_000_000
"""Bytes for all pictures together."""
SKIPPED = "skip_rate_discriminator"
"""Drawn only where some were."""
OF_THE_TICKS = (
    ("lossD", "Loss of D", "loss_discriminator", False),
    ("lossG", "Loss of G", "loss_generator", False),
    ("real", "D right on real images", "accuracy_real", True),
    ("fake", "D right on generated images", "accuracy_fake", True),
    ("skips", "D's updates skipped", SKIPPED, True),
)
"""Key, title, name of the value in metrics.jsonl, whether it is a share."""


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write one HTML file that needs no network; names and values from files are shown as text, whatever they hold.

    Raises:
        UsageError: the file cannot be written.
    """
    names = [run.name for run in comparison.runs]
    drawn = draw(list(charts(comparison)))
    room = ROOM // max(1, len(comparison.moments) * len(names))
    text = render(
        "comparison.html",
        {
            "title": f"{len(names)} runs compared",
            "names": names,
            "differences": [tuple(row) for row in (*comparison.settings, *comparison.machine)],
            "rankings": [_shown(ranking, comparison) for ranking in comparison.rankings],
            "moments": [_strip(moment, names, room) for moment in comparison.moments],
            "drawn": drawn,
            "cost": list(_cost(comparison)),
        },
        charts=bool(drawn.charts),
    )
    try:
        write_atomic(path, text)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", hint="choose another --html") from error


def charts(comparison: Comparison) -> Iterator[Chart]:
    """Scores first, then the losses and accuracies, a line a run."""
    of_scores = [dict(score_series(run.evaluations)) for run in comparison.runs]
    for index, ranking in enumerate(comparison.rankings):
        lines = [
            Line(
                run.name,
                scores[ranking.name],
                _colour(place),
                dots=True,
                dash=_dash(place),
                interval=interval_of(run.evaluations, ranking.name, scores[ranking.name]),
            )
            for place, (run, scores) in enumerate(zip(comparison.runs, of_scores, strict=True))
            if ranking.name in scores
        ]
        if not any(np.isfinite(line.series.values).sum() > 1 for line in lines):
            continue  # single values: the table of scores says it all
        note = (
            "Made by different protocols: not to be compared."
            if ranking.reasons
            else DIRECTIONS[ranking.lower_is_better]
        )
        yield Chart(f"score{index}", ranking.name, lines, note=note)
    for key, title, name, share in OF_THE_TICKS:
        lines = [
            Line(run.name, tick_series(run.ticks, name), _colour(place), dash=_dash(place))
            for place, run in enumerate(comparison.runs)
        ]
        if name != SKIPPED or any((line.series.values > 0).any() for line in lines):
            yield Chart(key, title, lines, share=share)


def _colour(place: int) -> str:
    """Of a run's lines, the same in every chart."""
    return COLOURS[place % len(COLOURS)]


def _dash(place: int) -> str:
    """The first runs have one dash; each time the colours have run out the next ones have another."""
    return DASHES[place // len(COLOURS) % len(DASHES)]


def _shown(ranking: Ranking, comparison: Comparison) -> dict[str, object]:
    protocols = comparison.protocols[ranking.name]
    facts = dict.fromkeys(fact for protocol in protocols for fact in protocol)
    return {
        "name": ranking.name,
        "direction": DIRECTIONS[ranking.lower_is_better],
        "cells": [_cell(one, place) for one, place in zip(ranking.scored, ranking.ranks, strict=True)],
        "reasons": ranking.reasons,
        "cautions": ranking.cautions,
        "protocol": [(fact, [protocol.get(fact, NOTHING) for protocol in protocols]) for fact in facts],
    }


def _cell(scored: Scored | None, place: int | None) -> dict[str, object] | None:
    if scored is None:
        return None
    lines = [] if scored.kimg is None else [f"after {scored.kimg:.1f} kimg"]
    if scored.floor is not None:
        lines.append(f"floor {scored.floor:.3g}")
    if scored.best is not None and scored.best != scored.value:
        where = "" if scored.best_kimg is None else f" at {scored.best_kimg:.1f} kimg"
        lines.append(f"best {scored.best:.4g}{where}")
    return {"value": written(scored), "rank": place, "lines": lines}


def _strip(moment: Moment, names: Sequence[str], room: int) -> dict[str, object]:
    pictures = []
    for name, (kimg, path) in zip(names, moment.pictures, strict=True):
        text = f"{name}, {kimg:.1f} kimg"
        try:
            picture = single(path, room).uri
        except Unreadable as error:
            picture, text = "data:,", f"{text}: {path.name} cannot be read: {error}"
        pictures.append({"picture": picture, "text": text, "alt": f"Samples of {text}"})
    title = f"After {moment.kimg:.1f} thousand images" if moment.kimg else "Before training"
    return {"title": title, "pictures": pictures}


def _cost(comparison: Comparison) -> Iterator[tuple[str, list[str]]]:
    runs = comparison.runs

    def number(value: float | None) -> str:
        return NOTHING if value is None else f"{value:.4g}"

    yield "thousand images seen", [number(run.kimg) for run in runs]
    yield "images a second", [number(run.cost.images_per_s) for run in runs]
    yield "minutes of training", [number(run.cost.training_minutes) for run in runs]
    yield "minutes of evaluation", [number(run.cost.evaluation_minutes) for run in runs]
    yield "ended", [run.ending for run in runs]
    yield "verdict", [run.verdict or NOTHING for run in runs]
    yield "copies of training images", [run.copies or NOTHING for run in runs]
