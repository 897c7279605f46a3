"""ganzoo's own metrics, and the backbones they compare features of.

Only the distances on Inception's features are called `fid` and `kid`; every other score names its backbone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ganzoo.plugin import FeaturesSpec, MetricSpec, hookimpl
from ganzoo_metrics import (
    coverage,
    density,
    dinov2,
    fd,
    fid,
    inception,
    inception_score,
    kd,
    kid,
    lite0,
    lpips_diversity,
    ms_ssim,
    precision,
    recall,
    ssim,
)

# `Any` below: the specs are of different config classes, and lists are invariant.


@hookimpl
def ganzoo_metrics() -> Sequence[MetricSpec[Any]]:
    """Scores of generated images."""
    distances: list[MetricSpec[Any]] = [fd.SPEC, kd.SPEC, fid.SPEC, kid.SPEC]
    shares: list[MetricSpec[Any]] = [precision.SPEC, recall.SPEC, density.SPEC, coverage.SPEC]
    without_reals: list[MetricSpec[Any]] = [inception_score.SPEC, ssim.SPEC, ms_ssim.SPEC, lpips_diversity.SPEC]
    return [*distances, *shares, *without_reals]


@hookimpl
def ganzoo_features() -> Sequence[FeaturesSpec[Any]]:
    """Backbones."""
    return [lite0.SPEC, inception.SPEC, dinov2.SPEC]
