"""The settings of my-strategy. The text below a setting is what `ganzoo show` prints."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import StrategyConfig


class MyStrategyConfig(StrategyConfig):
    """When D pauses."""

    threshold: float = Field(default=0.8, gt=0, le=1)
    """D pauses while its accuracy, a share in (0, 1] where 0.5 is guessing, is above this."""
    smoothing: float = Field(default=0.5, ge=0, lt=1)
    """Weight of the past in the accuracy's moving average; 0: this batch alone."""
