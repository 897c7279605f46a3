"""The settings of my-metric. The text below a setting is what `ganzoo show` prints."""

from __future__ import annotations

from typing import Literal

from ganzoo.plugin import MetricConfig


class MyMetricConfig(MetricConfig):
    """In which unit."""

    scale: Literal["levels", "share"] = "levels"
    """levels: of 0 ... 255; share: of the whole range, in [0, 1]."""
