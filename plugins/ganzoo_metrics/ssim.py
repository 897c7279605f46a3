"""Mean structural similarity of pairs of generated images: a collapsed generator makes them all alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pydantic import Field

from ganzoo.contracts.metric import Metric, Sample
from ganzoo.plugin import MetricConfig, MetricSpec
from ganzoo_metrics.checked import at_least_two

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 32
SIGMA = 1.5
"""Of the paper's window, in pixels."""


class SSIMConfig(MetricConfig):
    """Settings of the pairwise structural similarity."""

    pairs: int = Field(default=500, ge=1)
    """Pairs of generated images compared; all pairs where there are fewer."""


class PairwiseSSIM(Metric):
    """1 where all generated images are one image, near 0 where they share no structure."""

    def __init__(self, config: SSIMConfig) -> None:
        self.pairs = config.pairs

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """Nothing: generated images are compared with one another."""
        return {}

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, float]:
        """The mean over pairs, in [-1, 1]."""
        import torch

        at_least_two(generated, "generated", "ssim")
        first, second = choose_pairs(len(generated.images), self.pairs)
        similarities = []
        for start in range(0, len(first), BATCH):
            part = slice(start, start + BATCH)
            similarities.append(similarity(generated.images[first[part]], generated.images[second[part]]))
        return {"ssim": float(torch.cat(similarities).mean())}


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


def similarity(first: Tensor, second: Tensor) -> Tensor:
    """SSIM of two batches [N, C, H, W] uint8, image by image: [N] in [-1, 1]."""
    from torchmetrics.functional.image import structural_similarity_index_measure

    sigma = window_sigma(first.shape[-1])
    # By torchmetrics' types it may be a pair, which it is only where the full image is asked for.
    similarities = cast(
        "Tensor",
        structural_similarity_index_measure(
            first.float(), second.float(), data_range=255.0, reduction="none", sigma=sigma
        ),
    )
    return similarities.reshape(-1)


def window_sigma(size: int) -> float:
    """Width of the Gaussian window in pixels: the paper's, or one that fits into images below 16 pixels.

    torchmetrics' window reaches int(3.5 sigma + 0.5) pixels to each side.
    """
    return SIGMA if size >= 16 else max(1, (size - 1) // 3) / 3.5


SPEC = MetricSpec(
    name="ssim",
    summary="mean structural similarity of pairs of generated images: rises when the generator collapses",
    source="Wang et al. 2004, Image Quality Assessment; pairs as in Odena et al. 2017, arXiv:1610.09585",
    default=True,
    config=SSIMConfig,
    build=PairwiseSSIM,
    lower_is_better=None,
    needs_reals=False,
)
