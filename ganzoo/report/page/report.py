"""report.html: what happened in a run, on one page."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganzoo.data.contents import Unreadable
from ganzoo.registry.catalogue import Catalogue
from ganzoo.report.page import cost, words
from ganzoo.report.page.charts import draw
from ganzoo.report.page.curves import charts_of
from ganzoo.report.page.happened import rows_of
from ganzoo.report.page.model import Record, read_record
from ganzoo.report.page.pictures import Picture, frames, single
from ganzoo.report.page.settings import settings_of
from ganzoo.report.page.shell import render
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.directory import RunDirectory


def write_report(run: RunDirectory, catalogue: Catalogue, path: Path | None = None, status: str | None = None) -> Path:
    """Write a run's page, finished or not, from nothing but its files.

    Args:
        run: the run directory.
        catalogue: where the recipe's defaults and the doctor's remedies are found.
        path: the HTML file; None: report.html in the run directory. Written whole or not at all.
        status: how the run ended, where its record does not say it yet.

    Raises:
        OSError: it cannot be written.
    """
    path = path or run.report
    write_atomic(path, report(read_record(run, catalogue, status), catalogue))
    return path


def report(record: Record, catalogue: Catalogue) -> str:
    """The text of the page."""
    drawn = draw(charts_of(record))
    sentence, look = words.verdict(record)
    grids, unread = frames(record.run.grids())
    neighbours, unread_neighbours = _neighbours(record.run.neighbours)
    settings, unmarked = settings_of(record.config, catalogue)
    rows, left_out = rows_of(record)
    facts = {
        "title": record.title,
        "name": record.run.path.resolve().name,
        "status": record.status,
        "notes": [*record.notes, *unread, *unread_neighbours],
        "verdict": sentence,
        "look": look,
        "advice": record.diagnosis.advice,
        "tiles": words.figures(record),
        "frames": _frames(grids, record),
        "drawn": drawn,
        "scores": words.scores(record),
        "memorising": [str(event.get("message", "")) for event in record.of_kind("memorising")][-1:],
        "neighbours": neighbours,
        "rows": rows,
        "left_out": left_out,
        "settings": settings,
        "changed": sum(setting.changed for setting in settings),
        "unmarked": unmarked,
        "command": f"ganzoo run --config {shlex.quote(str(record.run.config))}",
        "config_text": _text(record.run.config),
        "surroundings": cost.surroundings(record),
        "timings": cost.timings(record),
    }
    return render("report.html", facts, charts=bool(drawn.charts))


def _frames(grids: Sequence[tuple[int, Picture]], record: Record) -> list[dict[str, Any]]:
    """What the slider goes through; the first in time first."""
    return [
        {
            "picture": picture.uri,
            "kimg": round(record.kimg(step), 3),
            "text": f"step {step:,} · {record.kimg(step):,.1f} kimg",
            "alt": f"Samples of the generator after step {step:,}, from the same latents in every picture",
        }
        for step, picture in grids
    ]


def _neighbours(path: Path) -> tuple[str, list[str]]:
    if not path.is_file():
        return "", []
    try:
        return single(path).uri, []
    except Unreadable as error:
        return "", [f"{path.name} cannot be read: {error}"]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # said among the notes already
