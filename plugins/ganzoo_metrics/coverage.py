"""Coverage: which share of the real images has a generated one nearby."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.plugin import MetricSpec
from ganzoo_metrics.manifold import ManifoldConfig, ManifoldMetric

if TYPE_CHECKING:
    from torch import Tensor


class CoverageConfig(ManifoldConfig):
    """Settings of coverage."""

    k: int = Field(default=5, ge=1)
    """A ball reaches to this nearest neighbour."""


class Coverage(ManifoldMetric):
    """Recall that outliers among the generated images do not raise: the balls are the reals'."""

    def counted(self, summary: Mapping[str, Tensor], generated: Tensor) -> Tensor:
        """[N]: whether a real image's ball holds some generated one."""
        from ganzoo_metrics.neighbours import ball_counts

        return ball_counts(generated, summary["features"], summary["radii"])[1] > 0


SPEC = MetricSpec(
    name="coverage",
    summary="share of reals with a generated image for a neighbour: variety",
    source="Naeem et al. 2020, Reliable Fidelity and Diversity Metrics, arXiv:2002.09797",
    config=CoverageConfig,
    build=lambda config: Coverage("coverage", config.features, config.k),
    lower_is_better=False,
)
