"""Writes `docs/explanation/performance.md`: the prose of `page.md` with the figures that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

import growth
import large
import levers
import limits
import overhead
import penalties
import pictures
import starting
import training
from measuring import Row
from results import KEPT, read

PROSE = Path(__file__).with_name("page.md")
DOCS = Path(__file__).parents[3] / "docs"
PAGE, PLOT = DOCS / "explanation" / "performance.md", DOCS / "images" / "performance-growth.png"
ASKED = (training, overhead, penalties, starting, large, pictures)
NO_BF16 = (
    "The machine of these figures multiplies no bf16 in hardware. The default precision is therefore fp32 here, and "
    "the targets of the default precision, which were set for machines with AVX-512 BF16, were out of reach from the "
    "start."
)
Figures = Mapping[str, Mapping[str, Any]]  # Any: as `results.plain` wrote them


def table(rows: Sequence[Row], figures: Figures) -> str:
    """As Markdown; a missed target is marked."""
    lines = ["| work | target | here | | rounds | with |", "|---|---|---|---|---|---|"]
    for row in rows:
        if (figure := figures.get(row.name)) is None:
            lines.append(f"| {row.work} | {row.target or ''} | not measured | | | |")
            continue
        unit = row.target.unit if row.target else row.unit
        mark = "" if row.target is None else "met" if row.target.met(figure["value"]) else "**missed**"
        low, high = min(figure["samples"]), max(figure["samples"])
        between = f"{low:.3g} to {high:.3g}" if len(figure["samples"]) > 1 else ""
        facts = "; ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in figure["facts"].items())
        here = f"{figure['value']:.3g}{unit}"
        lines.append(f"| {row.work} | {row.target or ''} | {here} | {mark} | {between} | {facts} |")
    return "\n".join(lines)


def write_page() -> None:
    """The tables, what each lever brings, how cost grows, and the prose between."""
    kept = read(KEPT)
    figures: dict[str, Any] = {name: figure for group in kept.values() for name, figure in group.items()}
    machine = figures.pop("machine", {})
    growth.plot({name: figure["value"] for name, figure in figures.items()}, PLOT)
    rows = [row for group in ASKED for row in group.ROWS]
    text = Template(PROSE.read_text(encoding="utf-8")).substitute(
        targets=table(rows, figures),
        missed=_missed(rows, figures, fast_bf16=bool(machine["bf16"])),
        limits=table(limits.ROWS, figures),
        levers=_levers(figures),
        growth=_growth(figures),
        machine=_machine(machine),
    )
    PAGE.write_text(text, encoding="utf-8")


def _missed(rows: Sequence[Row], figures: Figures, *, fast_bf16: bool) -> str:
    """Why, for each row that missed its target."""
    lines = [] if fast_bf16 else [f"- {NO_BF16}"]
    lines += [
        f"- **{row.work}**: {row.missed or 'not explained yet'}."
        for row in rows
        if row.target and row.name in figures and not row.target.met(figures[row.name]["value"])
    ]
    return "\n".join(lines) or "None was missed."


def _levers(figures: Figures) -> str:
    lines = ["| lever, and what it changes | a step takes, without it | with it alone |", "|---|---|---|"]
    for name, said in levers.SAID.items():
        if f"without-{name}" not in figures:
            lines.append(f"| {said} | not on this machine | |")
            continue
        without, alone = (figures[f"{kind}-{name}"]["value"] - 1 for kind in ("without", "alone"))
        if name == "reused_fakes":  # the textbook has it: alone is the textbook without it
            lines.append(f"| {said} | {without:+.0%} | (left out of the textbook: {alone:+.0%}) |")
        else:
            lines.append(f"| {said} | {without:+.0%} | {alone:+.0%} |")
    return "\n".join(lines)


def _growth(figures: Figures) -> str:
    lines = ["| what varies | its value: milliseconds an image |", "|---|---|"]
    for axis, values in growth.AXES.items():
        measured = [value for value in values if f"{axis}-{value}" in figures]
        cells = ", ".join(f"{value:,}: {figures[f'{axis}-{value}']['value']:.3g}" for value in measured)
        lines.append(f"| {axis} | {cells or 'not measured'} |")
    return "\n".join(lines)


def _machine(machine: Mapping[str, Any]) -> str:
    bf16 = "multiplies bf16 in hardware" if machine["bf16"] else "has no fast bf16"
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, which {bf16}; "
        f"{machine['system']}, Python {machine['python']}, torch {machine['torch']}, {machine['threads']} threads"
    )
