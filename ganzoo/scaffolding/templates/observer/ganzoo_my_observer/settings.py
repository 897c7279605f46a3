"""The settings of my-observer. The text below a setting is what `ganzoo show` prints."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import ObserverConfig


class MyObserverConfig(ObserverConfig):
    """How often a line is written."""

    every: int = Field(default=1, ge=1)
    """A line is written for each n-th tick."""
