"""The settings of my-loss. The text below a setting is what `ganzoo show` prints."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import LossConfig


class MyLossConfig(LossConfig):
    """How soon D counts as certain."""

    sharpness: float = Field(default=1.0, gt=0, le=100)
    """Factor on the logits: at 2, a logit of 1 costs what one of 2 costs at 1."""
