"""Mean structural similarity of pairs of generated images: a collapsed generator makes them all alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ganzoo.plugin import MetricSpec
from ganzoo_metrics.pairs import PairsConfig, PairwiseMetric

if TYPE_CHECKING:
    from torch import Tensor

SIGMA = 1.5
"""Of the paper's window, in pixels."""


class SSIMConfig(PairsConfig):
    """Settings of the pairwise structural similarity."""


def build(config: SSIMConfig) -> PairwiseMetric:
    """1 where all generated images are one image, near 0 where they share no structure."""
    return PairwiseMetric("ssim", similarity, config)


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
    build=build,
    lower_is_better=None,
    needs_reals=False,
)
