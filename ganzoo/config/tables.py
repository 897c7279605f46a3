"""Nested tables and dotted paths: `{"generator": {"width": 32}}` is `generator.width = 32`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Table = dict[str, Any]  # whatever TOML can hold


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves as (dotted path, value). An empty table is a leaf: `balance.none = {}` names a strategy."""
    for key, value in table.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from flatten(value, f"{path}.")
        else:
            yield path, value


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
