"""Where tables are printed."""

from __future__ import annotations

import os

from rich.console import Console

UNBOUNDED = 1000
"""Columns no table needs."""


def console_for_tables() -> Console:
    """As wide as the terminal, or as `COLUMNS` says. A file or a pipe has no width: nothing is cut off there."""
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = UNBOUNDED
    return console
