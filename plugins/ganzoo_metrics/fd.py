"""The Frechet distance between the features of real and generated images, on any backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts.metric import Metric, Sample
from ganzoo.plugin import MetricConfig, MetricSpec
from ganzoo_metrics import lite0
from ganzoo_metrics.checked import features_of

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo_metrics.frechet import Gaussian


class FrechetDistanceConfig(MetricConfig):
    """Settings of the Frechet distance."""

    features: str = lite0.NAME
    """Backbone; the score is named for it."""


class FrechetDistance(Metric):
    """Fits a Gaussian to each side's features and measures how far apart they are: 0 for equal Gaussians."""

    def __init__(self, backbone: str, score_name: str) -> None:
        self.features = backbone
        self.score_name = score_name

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """`size` [1], `mean` [D] and `factor` [K, D] of the reals' Gaussian."""
        from ganzoo_metrics.frechet import fit_gaussian

        return dict(fit_gaussian(features_of(real, "real", self.score_name))._asdict())

    def merge(self, parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """The Gaussian of all parts' images together."""
        from ganzoo_metrics.frechet import merge_gaussians

        return dict(merge_gaussians([_gaussian(part) for part in parts])._asdict())

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, float]:
        """The squared Frechet distance, >= 0; for equal distributions it falls with the number of images."""
        from ganzoo_metrics.frechet import fit_gaussian, frechet_distance_of_factors

        real = _gaussian(summary)
        fake = fit_gaussian(features_of(generated, "generated", self.score_name))
        return {self.score_name: frechet_distance_of_factors(real.mean, real.factor, fake.mean, fake.factor)}


def _gaussian(summary: Mapping[str, Tensor]) -> Gaussian:
    from ganzoo_metrics.frechet import Gaussian

    return Gaussian(summary["size"], summary["mean"], summary["factor"])


def build(config: FrechetDistanceConfig) -> FrechetDistance:
    """The metric on the backbone of the settings, its score named `fd-<backbone>`."""
    return FrechetDistance(config.features, f"fd-{config.features}")


SPEC = MetricSpec(
    name="fd",
    summary="Frechet distance on a backbone's features; needs no network, and is not FID",
    source="Heusel et al. 2017, Two Time-Scale Update Rule, arXiv:1706.08500, on other features",
    default=True,
    config=FrechetDistanceConfig,
    build=build,
)
