"""Density: how many of the reals' balls a generated image lies in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.plugin import MetricSpec
from ganzoo_metrics.manifold import ManifoldConfig, ManifoldMetric

if TYPE_CHECKING:
    from torch import Tensor


class DensityConfig(ManifoldConfig):
    """Settings of density."""

    k: int = Field(default=5, ge=1)
    """A ball reaches to this nearest neighbour."""


class Density(ManifoldMetric):
    """Precision that one outlier among the reals, with its wide ball, does not raise; 1 for equal distributions."""

    def counted(self, summary: Mapping[str, Tensor], generated: Tensor) -> Tensor:
        """[M]: in how many real balls a generated image lies, over k."""
        from ganzoo_metrics.neighbours import ball_counts

        return ball_counts(generated, summary["features"], summary["radii"])[0] / self.k


SPEC = MetricSpec(
    name="density",
    summary="how many reals a generated image has for neighbours, over k: quality, above 1 where it crowds",
    source="Naeem et al. 2020, Reliable Fidelity and Diversity Metrics, arXiv:2002.09797",
    config=DensityConfig,
    build=lambda config: Density("density", config.features, config.k),
    lower_is_better=False,
)
