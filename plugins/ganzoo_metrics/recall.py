"""Recall: which share of the real images lies in the manifold of the generated ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.plugin import MetricSpec
from ganzoo_metrics.manifold import ManifoldConfig, ManifoldMetric

if TYPE_CHECKING:
    from torch import Tensor


class RecallConfig(ManifoldConfig):
    """Settings of recall."""

    k: int = Field(default=3, ge=1)
    """A ball reaches to this nearest neighbour."""


class Recall(ManifoldMetric):
    """1 where every real image is like some generated one; falls when kinds of images are missing."""

    balls_of_reals = False

    def counted(self, summary: Mapping[str, Tensor], generated: Tensor) -> Tensor:
        """[N]: whether a real image lies in some generated one's ball."""
        from ganzoo_metrics.neighbours import ball_counts, squared_radii

        return ball_counts(summary["features"], generated, squared_radii(generated, self.k))[0] > 0


SPEC = MetricSpec(
    name="recall",
    summary="share of reals that lie among the generated images: variety",
    source="Kynkaanniemi et al. 2019, Improved Precision and Recall Metric, arXiv:1904.06991",
    config=RecallConfig,
    build=lambda config: Recall("recall", config.features, config.k),
    lower_is_better=False,
)
