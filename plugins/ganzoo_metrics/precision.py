"""Precision: which share of the generated images lies in the manifold of the reals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.plugin import MetricSpec
from ganzoo_metrics.manifold import ManifoldConfig, ManifoldMetric

if TYPE_CHECKING:
    from torch import Tensor


class PrecisionConfig(ManifoldConfig):
    """Settings of precision."""

    k: int = Field(default=3, ge=1)
    """A ball reaches to this nearest neighbour."""


class Precision(ManifoldMetric):
    """1 where every generated image is like some real one; says nothing of how many kinds there are."""

    def counted(self, summary: Mapping[str, Tensor], generated: Tensor) -> Tensor:
        """[M]: whether a generated image lies in some real one's ball."""
        from ganzoo_metrics.neighbours import ball_counts

        return ball_counts(generated, summary["features"], summary["radii"])[0] > 0


SPEC = MetricSpec(
    name="precision",
    summary="share of generated images that lie among the reals: quality",
    source="Kynkaanniemi et al. 2019, Improved Precision and Recall Metric, arXiv:1904.06991",
    config=PrecisionConfig,
    build=lambda config: Precision("precision", config.features, config.k),
    lower_is_better=False,
)
