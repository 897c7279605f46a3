"""Names that come from files, made fit to be shown: they may hold anything."""

from __future__ import annotations

import unicodedata

LONGEST = 80


def plain(text: str) -> str:
    """`text` on one line, without control characters, at most 80 characters."""
    safe = whole(text)
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 3]}..."


def whole(text: str) -> str:
    """`text` on one line, without control characters, of any length: what is there to be copied is not cut.

    Control, direction and half characters (Unicode categories Cc, Cf, Cs, Co, Zl, Zp) become `?`, so that a
    file's name can neither move the cursor nor pass for another line.
    """
    return "".join("?" if unicodedata.category(mark) in _UNSHOWN else mark for mark in text)


_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
