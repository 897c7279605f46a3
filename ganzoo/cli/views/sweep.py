"""A sweep's results in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ganzoo.cli.text import plain_text
from ganzoo.cli.views.tables import console_for_tables
from ganzoo.sweeping.ranking import short_names

if TYPE_CHECKING:
    from ganzoo.sweeping.ranking import Row
    from ganzoo.sweeping.start import Swept

NOTHING = "–"
SHOWN = 30
"""Settings; the page has them all."""


def print_sweep(swept: Swept, console: Console | None = None) -> None:
    """The table, best first, and what to open and to type next. Names and values are text, never markup."""
    console = console or console_for_tables()
    ranked = swept.ranked
    better = "lower" if ranked.minimise else "higher"
    table = Table(title=Text(f"{plain_text(ranked.score)}, {better} is better"), title_justify="left")
    for name in ("", *short_names(ranked.axes), "mean ± 95 %", "of each seed", "note"):
        table.add_column(_text(name), overflow="fold")
    for row in ranked.rows[:SHOWN]:
        table.add_row(*map(_text, _cells(row, ranked.axes)))
    console.print(table)
    if len(ranked.rows) > SHOWN:
        console.print(_text(f"and {len(ranked.rows) - SHOWN} more"))
    for caution in ranked.cautions:
        console.print(_text(caution, "dim"))
    if ranked.left:
        console.print(_text(f"{ranked.left} runs are not over", "yellow"))
    console.print("\nopen:")
    console.print(_text(f"  {swept.files['page']}"), soft_wrap=True)
    if "best" in swept.files:
        console.print("\nnext:")
        console.print(_text(f"  ganzoo run --config {swept.files['best']}"), soft_wrap=True)


def _cells(row: Row, axes: Sequence[str]) -> list[str]:
    interval = "" if row.half is None else f" ± {row.half:.2g}"
    return [
        NOTHING if row.place is None else f"#{row.place}",
        *(str(row.setting.get(name, NOTHING)) for name in axes),
        NOTHING if row.mean is None else f"{row.mean:.4g}{interval}",
        ", ".join(f"{value:.4g}" for value in row.values) or NOTHING,
        row.note,
    ]


def _text(text: str, style: str = "") -> Text:
    return Text(plain_text(text), style)
