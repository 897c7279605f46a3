"""Configurations as text that repeats the run: TOML."""

from __future__ import annotations

from typing import Any

import tomli_w

from ganzoo.config.models import RunConfig
from ganzoo.contracts.record import NONE


def to_toml(config: RunConfig) -> str:
    """The resolved configuration; `ganzoo run --config` repeats the run with it."""
    text = tomli_w.dumps(without_null(config.plain()))
    # Only names and values in quotes hold such characters; written as escapes, no terminal obeys them.
    return "".join(mark if mark.isprintable() or mark == "\n" else f"\\U{ord(mark):08x}" for mark in text)


def without_null(value: Any) -> Any:
    """TOML has no null: a setting that is off is `"none"`."""
    if isinstance(value, dict):
        return {key: without_null(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_null(item) for item in value]
    return NONE if value is None else value
