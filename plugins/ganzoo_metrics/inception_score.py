"""The Inception score: are the images of some class each, and of many classes together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts.metric import Metric, Sample, Score
from ganzoo.plugin import ContractError, MetricConfig, MetricSpec
from ganzoo_metrics import inception
from ganzoo_metrics.checked import at_least_two

if TYPE_CHECKING:
    from torch import Tensor


class InceptionScoreConfig(MetricConfig):
    """Settings of the Inception score."""

    features: str = inception.NAME
    """Backbone, one with ImageNet's classes; on any other than Inception the score is named `is-<backbone>`."""
    splits: int = Field(default=10, ge=1)
    """Parts of the sample that are scored apart; the score is their mean."""


class InceptionScore(Metric):
    """Between 1 and the number of classes. It never looks at the reals: one may have a good score and be wrong."""

    logits = True

    def __init__(self, config: InceptionScoreConfig) -> None:
        self.features = config.features
        self.splits = config.splits
        self.score_name = "inception-score" if config.features == inception.NAME else f"is-{config.features}"

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """Nothing: the reals are not looked at."""
        return {}

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, Score]:
        """The mean over the splits, each of at least 2 images, with its standard error."""
        at_least_two(generated, "generated", self.score_name)
        if generated.logits is None:
            raise ContractError(f"{self.score_name} was given images without the logits it asks for")
        splits = min(self.splits, len(generated.logits) // 2)
        scores = split_scores(_shuffled(generated.logits), splits)
        error = float(scores.std()) / splits**0.5 if splits > 1 else None
        return {self.score_name: Score(float(scores.mean()), error)}


def split_scores(logits: Tensor, splits: int) -> Tensor:
    """exp of the mean divergence KL(p(y|x) || p(y)) in each of `splits` parts of logits [N, K]: [splits] float64.

    Source: Salimans et al. 2016, "Improved Techniques for Training GANs", section 4.
    """
    import torch

    count = len(logits)
    scores = []
    for index in range(splits):
        part = logits[index * count // splits : (index + 1) * count // splits].double()
        log_p = part.log_softmax(dim=1)
        p = log_p.exp()
        log_marginal = p.mean(dim=0).clamp(min=torch.finfo(p.dtype).tiny).log()
        scores.append((p * (log_p - log_marginal)).sum(dim=1).mean().exp())
    return torch.stack(scores)


def _shuffled(logits: Tensor) -> Tensor:
    """In the order torch-fidelity takes: a folder lies by class, and a split must be a sample of all."""
    import numpy as np
    import torch

    return logits[torch.from_numpy(np.random.RandomState(2020).permutation(len(logits)))]


SPEC = MetricSpec(
    name="inception-score",
    summary="are images of clear and of many ImageNet classes; downloads Inception's weights once",
    source="Salimans et al. 2016, Improved Techniques for Training GANs, arXiv:1606.03498",
    config=InceptionScoreConfig,
    build=InceptionScore,
    lower_is_better=False,
    needs_reals=False,
)
