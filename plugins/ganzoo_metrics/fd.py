"""The Frechet distance between the features of real and generated images, on any backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts.metric import Metric, Sample, Score
from ganzoo.plugin import MetricConfig, MetricSpec
from ganzoo_metrics import lite0
from ganzoo_metrics.checked import features_of

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo_metrics.frechet import Gaussian


class ExtrapolationConfig(MetricConfig):
    """Settings of a Frechet distance, on whatever backbone."""

    extrapolate: bool = False
    """Give the distance extrapolated to infinitely many generated images too, as `...-infinity`; 15 times the work."""


class FrechetDistanceConfig(ExtrapolationConfig):
    """Settings of the Frechet distance."""

    features: str = lite0.NAME
    """Backbone; the score is named for it."""


class FrechetDistance(Metric):
    """Fits a Gaussian to each side's features and measures how far apart they are: 0 for equal Gaussians."""

    def __init__(self, backbone: str, score_name: str, *, extrapolate: bool = False) -> None:
        self.features = backbone
        self.score_name = score_name
        self.extrapolate = extrapolate
        self.min_images = 4 if extrapolate else 2

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """`size` [1], `mean` [D] and `factor` [K, D] of the reals' Gaussian; `floor` [1], where it can be known."""
        import torch

        from ganzoo_metrics.frechet import fit_gaussian
        from ganzoo_metrics.frechet_floor import frechet_floor

        features = features_of(real, "real", self.score_name)
        floor = frechet_floor(features)
        known = {} if floor is None else {"floor": torch.tensor([floor], dtype=torch.float64)}
        return {**fit_gaussian(features)._asdict(), **known}

    def merge(self, parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """The Gaussian of all parts' images together; the floor, which would need the images, is left out."""
        from ganzoo_metrics.frechet import merge_gaussians

        return dict(merge_gaussians([_gaussian(part) for part in parts])._asdict())

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, Score]:
        """The squared Frechet distance, >= 0; for equal distributions it falls with the number of images."""
        from ganzoo_metrics.frechet import fit_gaussian, frechet_distance_of_factors
        from ganzoo_metrics.frechet_infinity import frechet_distance_at_infinity

        real = _gaussian(summary)
        features = features_of(generated, "generated", self.score_name)
        fake = fit_gaussian(features)
        distance = frechet_distance_of_factors(real.mean, real.factor, fake.mean, fake.factor)
        # The floor is of as many generated images as reals; each side's part of it falls as 1/N.
        floor = float(summary["floor"]) * (1 + int(real.size) / len(features)) / 2 if "floor" in summary else None
        note = self._warning(min(int(real.size), len(features)), features.shape[1])
        scores = {self.score_name: Score(distance, floor=floor, note=note)}
        if self.extrapolate:
            scores[f"{self.score_name}-infinity"] = Score(frechet_distance_at_infinity(real, features))
        return scores

    def _warning(self, images: int, dim: int) -> str:
        if images > dim:
            return ""
        return (
            f"{self.score_name}: {images:,} images are too few for {dim:,} features: the covariance is singular. "
            "Look at the floor, compare only at the same number of images, or raise `evaluation.images`"
        )


def _gaussian(summary: Mapping[str, Tensor]) -> Gaussian:
    from ganzoo_metrics.frechet import Gaussian

    return Gaussian(summary["size"], summary["mean"], summary["factor"])


def build(config: FrechetDistanceConfig) -> FrechetDistance:
    """The metric on the backbone of the settings, its score named `fd-<backbone>`."""
    return FrechetDistance(config.features, f"fd-{config.features}", extrapolate=config.extrapolate)


SPEC = MetricSpec(
    name="fd",
    summary="Frechet distance on a backbone's features; needs no network, and is not FID",
    source="Heusel et al. 2017, Two Time-Scale Update Rule, arXiv:1706.08500, on other features",
    default=True,
    config=FrechetDistanceConfig,
    build=build,
)
