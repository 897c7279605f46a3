"""What a run is called in one line: on the screen, above its curves, on its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ganzoo.config.tables import look
from ganzoo.contracts.record import NONE


def levers_of(config: Mapping[str, Any]) -> list[str]:
    """Names of the strategies in a configuration's plain values: the recipe's method, then `--balance`; no "none"."""
    sections = (look(config, section) for section in ("method", "balance"))
    return [str(name) for section in sections if isinstance(section, Mapping) for name in section if name != NONE]


def title_of(config: Mapping[str, Any], data: str, shape: str) -> str:
    """`dcgan on avatars, 64 px, d-skip`.

    Args:
        config: plain values, whatever else stands in them.
        data: name of the data set.
        shape: in words.
    """
    held = " + ".join(levers_of(config)) or "no balancing"
    return f"{config.get('recipe', 'a run')} on {data}, {shape}, {held}"
