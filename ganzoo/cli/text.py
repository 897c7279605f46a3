"""Text from files and configurations, made safe to show in a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap


def plain_text(text: object) -> str:
    """One line without control characters: a name may hold escape codes, a terminal must not obey them."""
    return "".join(
        character if character.isprintable() else ("\ufffd" if character not in "\t\n\r" else " ")
        for character in str(text)
    )


def fitted(text: str, hang: int) -> str:
    """The text over as many lines of the terminal as it takes, from the second on `hang` columns in.

    In a pipe it stays one line, for grep.
    """
    columns = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or columns < 2 * hang:
        return text
    return "\n".join(textwrap.wrap(text, columns - 1, subsequent_indent=" " * hang, break_on_hyphens=False))
