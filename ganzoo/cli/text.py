"""Text from files and configurations, made safe to show in a terminal."""

from __future__ import annotations


def plain_text(text: object) -> str:
    """One line without control characters: a name may hold escape codes, a terminal must not obey them."""
    return "".join(
        character if character.isprintable() else ("\ufffd" if character not in "\t\n\r" else " ")
        for character in str(text)
    )
