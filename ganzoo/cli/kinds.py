"""A kind of part, by the word the user typed."""

from __future__ import annotations

from ganzoo.errors import UsageError, nearest
from ganzoo.registry.manager import Kind


def kind_named(word: str) -> Kind:
    """The kind, in the singular or the plural.

    Raises:
        UsageError: there is no such kind.
    """
    for kind in Kind:
        if word.lower() in (kind, f"{kind}s", f"{kind}es", f"{kind}d"):
            return kind
    raise UsageError(
        f"no kind of part is called `{word}`.{nearest(word, list(Kind))}", hint=f"kinds: {', '.join(Kind)}"
    )
