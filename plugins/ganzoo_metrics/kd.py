"""The kernel distance between the features of real and generated images, on any backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts.metric import Metric, Sample
from ganzoo.plugin import MetricConfig, MetricSpec
from ganzoo_metrics import lite0
from ganzoo_metrics.checked import features_of

if TYPE_CHECKING:
    from torch import Tensor


class KernelDistanceConfig(MetricConfig):
    """Settings of the kernel distance."""

    features: str = lite0.NAME
    """Backbone; the score is named for it."""


class KernelDistance(Metric):
    """Unbiased squared discrepancy over all images at once: no random subsets, so no noise of its own.

    Unlike a Frechet distance it has no floor that depends on the number of images: 0 for one distribution.
    """

    def __init__(self, config: KernelDistanceConfig) -> None:
        self.features = config.features
        self.score_name = f"kd-{config.features}"

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """`features` [N, D] float32, for the kernel needs all; `within` [1] float64, their mean kernel."""
        return _summary(features_of(real, "real", self.score_name))

    def merge(self, parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """All parts' features, and their mean kernel anew."""
        import torch

        return _summary(torch.cat([part["features"] for part in parts]))

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, float]:
        """The kernel distance; noise may take it below 0."""
        from ganzoo_metrics.kernel import mean_between, mean_within

        real = summary["features"].double()
        fake = features_of(generated, "generated", self.score_name).double()
        return {self.score_name: float(summary["within"]) + mean_within(fake) - 2 * mean_between(real, fake)}


def _summary(features: Tensor) -> dict[str, Tensor]:
    import torch

    from ganzoo_metrics.kernel import mean_within

    within = torch.tensor([mean_within(features.double())], dtype=torch.float64)
    return {"features": features, "within": within}


SPEC = MetricSpec(
    name="kd",
    summary="kernel distance on a backbone's features: unbiased, so right for few images too",
    source="Binkowski et al. 2018, Demystifying MMD GANs, arXiv:1801.01401, on other features",
    default=True,
    config=KernelDistanceConfig,
    build=KernelDistance,
)
