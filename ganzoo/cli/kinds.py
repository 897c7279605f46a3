"""A kind of part, by the word the user typed."""

from __future__ import annotations

from ganzoo.errors import UsageError, nearest
from ganzoo.registry.manager import Kind

ALIASES = {"strategy": Kind.BALANCE, "strategies": Kind.BALANCE}
"""What else kinds are called: `ganzoo new strategy` begins what `ganzoo list balance` shows."""


def kind_named(word: str) -> Kind:
    """The kind, in the singular or the plural, or by its alias.

    Raises:
        UsageError: there is no such kind.
    """
    for kind in Kind:
        if word.lower() in (kind, f"{kind}s", f"{kind}es"):
            return kind
    if word.lower() in ALIASES:
        return ALIASES[word.lower()]
    raise UsageError(
        f"no kind of part is called `{word}`.{nearest(word, [*Kind, *ALIASES])}", hint=f"kinds: {', '.join(Kind)}"
    )
