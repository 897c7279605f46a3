"""Nested tables and dotted paths: `{"generator": {"width": 32}}` is `generator.width = 32`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ganzoo.errors import UsageError

Table = dict[str, Any]  # whatever TOML can hold

DEEPEST = 32
"""Tables or lists in one another. No setting is half as deep; a file may be as deep as Python's stack and deeper."""


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves as (dotted path, value). An empty table is a leaf: `balance.none = {}` names a strategy.

    Raises:
        UsageError: nested too deep.
    """
    if prefix.count(".") > DEEPEST:
        raise UsageError(f"`{prefix[:40]}...`: nested too deep for a setting")
    for key, value in table.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from flatten(value, f"{path}.")
        else:
            yield path, value


def is_too_deep(path: str, value: Any) -> bool:
    """Whether a setting lies, or is itself nested, deeper than any setting does."""
    level, inner = path.count("."), [value]
    while inner and level <= DEEPEST:
        level += 1
        inner = [item for part in inner for item in _parts_of(part)]
    return level > DEEPEST


def has_giant(value: Any) -> bool:
    """Whether there is a whole number beyond 64 bits in a value that is not nested too deep: TOML has none."""
    if isinstance(value, int):
        return abs(value) >= 2**64
    return any(map(has_giant, _parts_of(value)))


def _parts_of(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def put(table: Table, path: str, value: Any) -> None:
    """Set the leaf at `path`, making the tables on the way. An empty table never erases a filled one."""
    *parents, last = path.split(".")
    for parent in parents:
        inner = table.get(parent)
        if not isinstance(inner, dict):
            inner = table[parent] = {}
        table = inner
    if value == {} and isinstance(table.get(last), dict):
        return
    table[last] = value


def look(table: Mapping[str, Any], path: str) -> Any:
    """The value at `path`, or None."""
    value: Any = table
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
