"""ganzoo's own metrics, and the backbones they compare features of.

Only the Frechet distance on Inception's features is called `fid`; every other score names its backbone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ganzoo.plugin import FeaturesSpec, MetricSpec, hookimpl
from ganzoo_metrics import fd, fid, inception, kd, lite0, ssim

# `Any` below: the specs are of different config classes, and lists are invariant.


@hookimpl
def ganzoo_metrics() -> Sequence[MetricSpec[Any]]:
    """Scores of generated images."""
    return [fd.SPEC, kd.SPEC, fid.SPEC, ssim.SPEC]


@hookimpl
def ganzoo_features() -> Sequence[FeaturesSpec[Any]]:
    """Backbones."""
    return [lite0.SPEC, inception.SPEC]
