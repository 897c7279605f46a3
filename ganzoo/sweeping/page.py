"""The sweep's page: the table, what mattered, the settings as lines, their curves and samples. One file, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from ganzoo.data.contents import Unreadable
from ganzoo.report.page.charts import COLOURS, DASHES, Chart, Line, draw
from ganzoo.report.page.pictures import single
from ganzoo.report.page.shell import render
from ganzoo.report.series import score_series
from ganzoo.runs.atomic import write_atomic
from ganzoo.sweeping.coordinates import coordinates
from ganzoo.sweeping.definition import Definition
from ganzoo.sweeping.ranking import Ranked, Row, short_names
from ganzoo.sweeping.space import Space
from ganzoo.sweeping.trial import run_directory

ROOM = 2_000_000
"""Bytes for all pictures together."""
STRIPS = 8
"""Settings whose samples are shown, the best."""
NOTHING = "–"


def write_page(
    ranked: Ranked, definition: Definition, space: Space, importance: Mapping[str, float], folder: Path, path: Path
) -> None:
    """Write the page; whatever names and values hold, it is shown as text."""
    drawn = draw(list(_charts(ranked, folder, definition.seed)))
    shown = [row for row in ranked.rows if row.mean is not None]
    write_atomic(
        path,
        render(
            "sweep.html",
            {
                "title": f"Sweep of {definition.recipe or 'a configuration'}",
                "facts": list(_facts(ranked, definition, space)),
                "cautions": ranked.cautions,
                "axes": ranked.axes,
                "score": ranked.score,
                "direction": "lower is better" if ranked.minimise else "higher is better",
                "rows": [_row(row, ranked.axes) for row in ranked.rows],
                "importance": [(name, share, f"{100 * share:.0f} %") for name, share in importance.items()],
                "scored": sum(len(row.values) for row in ranked.rows),
                "coordinates": coordinates(ranked, definition.varies),
                "drawn": drawn,
                "strips": [
                    strip
                    for row in shown[:STRIPS]
                    if (strip := _strip(row, folder, definition.seed, len(shown[:STRIPS])))
                ],
            },
            charts=bool(drawn.charts),
        ),
    )


def named(row: Row) -> str:
    """`latent_dim 64, threshold 0.8`: the values under the ends of their names."""
    names = short_names(list(row.setting))
    return ", ".join(f"{name} {value}" for name, value in zip(names, row.setting.values(), strict=True))


def written(row: Row) -> str:
    """`1.23 ± 0.4`, or a dash."""
    if row.mean is None:
        return NOTHING
    return f"{row.mean:.4g}" + ("" if row.half is None else f" ± {row.half:.2g}")


def _facts(ranked: Ranked, definition: Definition, space: Space) -> Iterator[tuple[str, str]]:
    yield "score", f"{ranked.score}, {'lower' if ranked.minimise else 'higher'} is better"
    how = {"grid": "every one of a grid", "random": "drawn at random", "tpe": "drawn by TPE"}[definition.sampler]
    if definition.sampler == "grid" and definition.trials < (all_of_them := len(space.grid())):
        how = f"drawn at random from a grid of {all_of_them}"
    yield "settings", f"{definition.trials}, {how}"
    yield "seeds of each", f"{definition.seeds}, from {definition.seed}"
    if definition.prune is not None:
        yield "stopped early", f"after {definition.prune} evaluations without improvement, if worse than the median"
    if ranked.best is not None:
        yield "best", f"{named(ranked.best)}: {written(ranked.best)}"
    if ranked.left:
        yield "not over", f"{ranked.left} runs"


def _row(row: Row, axes: Sequence[str]) -> dict[str, object]:
    return {
        "place": row.place,
        "values": [str(row.setting.get(name, NOTHING)) for name in axes],
        "score": written(row),
        "scores": ", ".join(f"{value:.4g}" for value in row.values),
        "note": row.note,
    }


def _charts(ranked: Ranked, folder: Path, seed: int) -> Iterator[Chart]:
    """The score while training, a colour a setting, a dash a seed, of the best settings."""
    lines = []
    for colour, row in zip(COLOURS, ranked.rows, strict=False):
        for dash, repeat in zip(cycle(DASHES), row.repeats, strict=False):
            series = dict(score_series(run_directory(folder, repeat.key).evaluations())).get(ranked.score)
            if series is not None and np.isfinite(series.values).sum() > 1:
                name = f"{named(row)}, seed {seed + repeat.key.repeat}"
                lines.append(Line(name, series, colour, dots=True, dash=dash))
    note = f"Of the {len(COLOURS)} best settings; the dash tells the seed."
    yield Chart("score", f"{ranked.score} while training", lines, note=note)


def _strip(row: Row, folder: Path, seed: int, rows: int) -> dict[str, object] | None:
    pictures = []
    for repeat in row.repeats:
        grids = run_directory(folder, repeat.key).grids()
        if not grids:  # it ran on another machine
            continue
        value = "" if repeat.value is None else f", {repeat.value:.4g}"
        text = f"seed {seed + repeat.key.repeat}{value}"
        try:
            picture = single(grids[-1][1], ROOM // (rows * len(row.repeats))).uri
        except Unreadable as error:
            picture, text = "data:,", f"{text}: {grids[-1][1].name} cannot be read: {error}"
        pictures.append({"picture": picture, "text": text, "alt": f"Samples of {named(row)}, {text}"})
    return {"title": f"{named(row)}: {written(row)}", "pictures": pictures} if pictures else None
