"""What precision, recall, density and coverage share: balls to the k-th neighbour, and a share with its error."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts.metric import Metric, Sample, Score
from ganzoo.plugin import MetricConfig, UsageError
from ganzoo_metrics import lite0
from ganzoo_metrics.checked import features_of

if TYPE_CHECKING:
    from torch import Tensor


class ManifoldConfig(MetricConfig):
    """Settings of a metric of neighbourhoods; subclasses add `k`."""

    features: str = lite0.NAME
    """Backbone; the score is named for it."""


class ManifoldMetric(Metric):
    """Keeps the reals' features, and their balls where `balls_of_reals`; a subclass says what is counted."""

    balls_of_reals = True

    def __init__(self, name: str, backbone: str, k: int) -> None:
        self.features = backbone
        self.score_name = f"{name}-{backbone}"
        self.k = k
        self.min_images = k + 1

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """`features` [N, D] float32, and `radii` [N], squared, where the balls are the reals'."""
        return self._summary(self._features(real, "real"))

    def merge(self, parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """All parts' features, and their balls anew."""
        import torch

        return self._summary(torch.cat([part["features"] for part in parts]))

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, Score]:
        """The mean of what is counted, with its standard error."""
        counted = self.counted(summary, self._features(generated, "generated")).double()
        error = float(counted.std()) / len(counted) ** 0.5
        return {self.score_name: Score(float(counted.mean()), error)}

    @abstractmethod
    def counted(self, summary: Mapping[str, Tensor], generated: Tensor) -> Tensor:
        """One number a real or a generated image, whose mean is the score.

        Args:
            summary: as `summarise` gave it.
            generated: [M, D].
        """

    def _summary(self, features: Tensor) -> dict[str, Tensor]:
        from ganzoo_metrics.neighbours import squared_radii

        balls = {"radii": squared_radii(features, self.k)} if self.balls_of_reals else {}
        return {"features": features, **balls}

    def _features(self, sample: Sample, side: str) -> Tensor:
        features = features_of(sample, side, self.score_name)
        if len(features) <= self.k:
            raise UsageError(
                f"{self.score_name} looks at {self.k} neighbours: it needs at least {self.k + 1} {side} images; "
                f"there are {len(features)}",
                hint="raise `evaluation.images`, or use a data set with more images",
            )
        return features
