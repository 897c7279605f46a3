"""How alike generated images are, pair by pair: of all images, and of those of one class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts.metric import Metric, Sample, Score
from ganzoo.plugin import MetricConfig
from ganzoo_metrics.checked import at_least_two

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 32

Compare = Callable[["Tensor", "Tensor"], "Tensor"]
"""Two batches [P, C, H, W] uint8 -> one number a pair, [P]."""


class PairsConfig(MetricConfig):
    """Settings of a comparison of pairs."""

    pairs: int = Field(default=500, ge=1)
    """Pairs of generated images compared; all pairs where there are fewer."""
    per_class: bool = False
    """Where images have labels: a score of each class too, `...-class-3`."""


class PairwiseMetric(Metric):
    """The mean over pairs of generated images; with labels, over pairs of one class too, which shows collapsed classes.

    Args:
        name: of the score.
        compare: one number a pair.
        config: how many pairs.
    """

    def __init__(self, name: str, compare: Compare, config: PairsConfig) -> None:
        self.name = name
        self.compare = compare
        self.config = config

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """Nothing: generated images are compared with one another."""
        return {}

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, Score]:
        """`<name>`; with labels `<name>-within-class`, the mean over classes that have two images."""
        import torch

        at_least_two(generated, "generated", self.name)
        scores = {self.name: self._mean(generated.images, self.config.pairs)}
        if generated.labels is None:
            return scores
        of_class = {
            f"{self.name}-class-{label}": self._mean(images, pairs)
            for label, images, pairs in _classes(generated.images, generated.labels, self.config.pairs)
        }
        if of_class:
            values = torch.tensor([score.value for score in of_class.values()], dtype=torch.float64)
            error = float(values.std()) / len(values) ** 0.5 if len(values) > 1 else None
            scores[f"{self.name}-within-class"] = Score(float(values.mean()), error)
        return {**scores, **(of_class if self.config.per_class else {})}

    def _mean(self, images: Tensor, pairs: int) -> Score:
        import torch

        first, second = choose_pairs(len(images), pairs)
        parts = [slice(start, start + BATCH) for start in range(0, len(first), BATCH)]
        values = torch.cat([self.compare(images[first[part]], images[second[part]]).double() for part in parts])
        return Score(float(values.mean()), float(values.std()) / len(values) ** 0.5 if len(values) > 1 else None)


def choose_pairs(count: int, pairs: int) -> tuple[Tensor, Tensor]:
    """Indices [P], [P] of pairs of different images: all of them, or `pairs` at random, always the same ones.

    Args:
        count: how many images there are, >= 2.
        pairs: how many pairs are wanted; P is at most that.
    """
    import torch

    if count * (count - 1) // 2 <= pairs:
        first, second = torch.triu_indices(count, count, offset=1)
        return first, second
    generator = torch.Generator().manual_seed(0)
    first = torch.randint(count, (pairs,), generator=generator)
    distance = 1 + torch.randint(count - 1, (pairs,), generator=generator)
    return first, (first + distance) % count


def _classes(images: Tensor, labels: Tensor, pairs: int) -> Iterator[tuple[int, Tensor, int]]:
    """Each class with two images or more: its label, its images, and its part of the pairs."""
    several = (labels.bincount() >= 2).nonzero().flatten().tolist()
    for label in several:
        yield label, images[labels == label], max(2, pairs // len(several))
