"""The Frechet Inception distance: the Frechet distance on Inception's features, and on no others."""

from __future__ import annotations

from ganzoo.plugin import MetricSpec
from ganzoo_metrics import inception
from ganzoo_metrics.fd import ExtrapolationConfig, FrechetDistance


class FrechetInceptionDistanceConfig(ExtrapolationConfig):
    """Settings of FID. Its backbone's weights are named by `evaluation.features.inception-v3.weights`."""


SPEC = MetricSpec(
    name="fid",
    summary="Frechet Inception distance, the field's usual figure; downloads Inception's weights once",
    source="Heusel et al. 2017, Two Time-Scale Update Rule, arXiv:1706.08500",
    config=FrechetInceptionDistanceConfig,
    build=lambda config: FrechetDistance(inception.NAME, "fid", extrapolate=config.extrapolate),
)
