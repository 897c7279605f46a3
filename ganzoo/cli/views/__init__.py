"""What a run looks like in a terminal, in a log, and to a program: observers that write to a stream."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from ganzoo.cli.views.jsonl import JsonView
from ganzoo.cli.views.plain import PlainView

if TYPE_CHECKING:
    from ganzoo.contracts import Observer

__all__ = ["JsonView", "PlainView", "choose_view"]


def choose_view(*, quiet: bool, as_json: bool, stream: TextIO, from_outside: bool = False) -> Observer | None:
    """The view that suits `stream`: none if `quiet`, JSON lines if asked for, live in a terminal, else plain.

    A terminal that cannot move its cursor (`TERM=dumb`) gets plain lines. `from_outside`: another process trains.
    """
    if quiet:
        return None
    if as_json:
        return JsonView(stream)
    if not stream.isatty() or os.environ.get("TERM", "").lower() in {"dumb", "unknown"}:
        return PlainView(stream, from_outside=from_outside)
    from rich.console import Console

    from ganzoo.cli.views.live import LiveView

    return LiveView(Console(file=stream), from_outside=from_outside)
