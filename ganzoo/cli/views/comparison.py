"""A comparison as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ganzoo.cli.text import plain_text
from ganzoo.cli.views.tables import console_for_tables
from ganzoo.report.comparison import written

if TYPE_CHECKING:
    from ganzoo.report.comparison import Comparison
    from ganzoo.report.ranking import Ranking

BETTER = {True: "lower is better", False: "higher is better", None: "to watch"}
NOTHING = "–"
WIDEST_NAME = 36
"""Letters of a setting's name that are kept on one line, whatever the values beside it take."""


def print_comparison(comparison: Comparison, console: Console | None = None) -> None:
    """Differences first, then scores, then what the runs cost. Names and values are text, never markup."""
    console = console or console_for_tables()
    names = [run.name for run in comparison.runs]
    differences = [*comparison.settings, *comparison.machine]
    if differences:
        console.print(_table("what differs", names, [(one.name, one.values) for one in differences]))
    else:
        console.print("nothing differs in the configurations")
    if comparison.rankings:
        console.print(_table("scores", names, [_scores(ranking) for ranking in comparison.rankings]))
    for ranking in comparison.rankings:
        if ranking.reasons:
            console.print(_text(f"{ranking.name}: not ranked, the protocols differ", "bold yellow"))
            for reason in ranking.reasons:
                console.print(_text(f"  {reason}"))
        for caution in ranking.cautions:
            console.print(_text(f"{ranking.name}: {caution}", "dim"))
    console.print(_table("run", names, _cost(comparison)))


def _scores(ranking: Ranking) -> tuple[str, list[str]]:
    cells = []
    for scored, place in zip(ranking.scored, ranking.ranks, strict=True):
        if scored is None:
            cells.append(NOTHING)
            continue
        floor = "" if scored.floor is None else f" (floor {scored.floor:.3g})"
        rank = "" if place is None else f"  #{place}"
        cells.append(f"{written(scored)}{floor}{rank}")
    return f"{ranking.name}, {BETTER[ranking.lower_is_better]}", cells


def _cost(comparison: Comparison) -> Iterable[tuple[str, Sequence[str]]]:
    runs = comparison.runs
    yield "thousand images", [f"{run.kimg:.1f}" for run in runs]
    yield "images/s", [_number(run.cost.images_per_s) for run in runs]
    yield "minutes of training", [_number(run.cost.training_minutes) for run in runs]
    yield "minutes of evaluation", [f"{run.cost.evaluation_minutes:.3g}" for run in runs]
    yield "ended", [run.ending for run in runs]
    yield "verdict", [run.verdict or NOTHING for run in runs]
    yield "copies", [run.copies.partition(":")[0] or NOTHING for run in runs]


def _table(title: str, names: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> Table:
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    rows = list(rows)
    longest = max((len(word) for label, _ in rows for word in label.split()), default=0)
    table.add_column("", overflow="fold", min_width=min(longest, WIDEST_NAME))
    for name in names:
        table.add_column(_text(name), overflow="fold")
    for label, values in rows:
        table.add_row(_text(label), *map(_text, values))
    return table


def _text(text: str, style: str = "") -> Text:
    return Text(plain_text(text), style)


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.4g}"
