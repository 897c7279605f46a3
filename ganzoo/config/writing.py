"""Configurations as text that repeats the run: TOML, and the JSON schema."""

from __future__ import annotations

from typing import Any

import tomli_w

from ganzoo.config.models import RunConfig
from ganzoo.contracts.record import NONE


def to_toml(config: RunConfig) -> str:
    """The resolved configuration; `ganzoo run --config` repeats the run with it."""
    return tomli_w.dumps(_without_null(config.model_dump(mode="json")))


def _without_null(value: Any) -> Any:
    """TOML has no null: a setting that is off is `"none"`."""
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    return NONE if value is None else value
