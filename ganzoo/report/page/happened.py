"""What happened, as rows of a table: verdicts, decisions, faults, rollbacks, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ganzoo.contracts.ailments import Ailment
from ganzoo.report.page.model import Record, inside

ELSEWHERE = frozenset({"evaluation", "checkpoint"})
"""Kinds of event that the page shows otherwise, or that nobody looks for in it."""
MOST_ROWS = 400


class Row(NamedTuple):
    """One row: steps and thousand images as shown, the kind, what is said, and how it looks: "", "bad" or "fault"."""

    steps: str
    kimg: str
    kind: str
    message: str
    look: str


def rows_of(record: Record) -> tuple[list[Row], int]:
    """Rows in order, and how many were left out of the middle. Decisions that follow one another share a row."""
    groups: list[list[dict[str, Any]]] = []
    for event in record.events:
        if event["kind"] in ELSEWHERE:
            continue
        if groups and _continues(groups[-1][-1], event):
            groups[-1].append(event)
        else:
            groups.append([event])
    left_out = max(0, len(groups) - MOST_ROWS)
    if left_out:
        groups = groups[: MOST_ROWS // 2] + groups[-MOST_ROWS // 2 :]
    return [_row(group, record) for group in groups], left_out


def _continues(last: dict[str, Any], event: dict[str, Any]) -> bool:
    return bool(
        last["kind"] == event["kind"] == "decision"
        and inside(last, "data").get("role") == inside(event, "data").get("role")
    )


def _row(group: Sequence[dict[str, Any]], record: Record) -> Row:
    first, last = group[0], group[-1]
    message = str(last.get("message", ""))
    steps = f"{first['step']:,}"
    if len(group) > 1:
        steps += f" – {last['step']:,}"
        message = f"{len(group)} times; the last: {message}"
    kind = last["kind"]
    ill = kind == "verdict" and str(inside(last, "data").get("verdict")) in set(Ailment)
    look = "fault" if kind == "fault" else "bad" if ill or kind == "rollback" or _flagged(last) else ""
    return Row(steps, f"{record.kimg(first['step']):.1f}", kind, message, look)


def _flagged(event: dict[str, Any]) -> bool:
    return event["kind"] == "memorising" and bool(inside(event, "data").get("flagged"))
