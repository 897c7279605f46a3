"""Mean structural similarity of pairs of generated images at several scales, the usual figure of collapse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ganzoo.contracts.metric import Sample, Score
from ganzoo.plugin import MetricSpec
from ganzoo_metrics.pairs import PairsConfig, PairwiseMetric
from ganzoo_metrics.ssim import window_sigma

if TYPE_CHECKING:
    from torch import Tensor

BETAS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Weights of the scales, finest first, as people rated them: Wang et al. 2003."""
WINDOW = 11
"""Pixels the paper's window is wide."""


class MultiScaleSSIMConfig(PairsConfig):
    """Settings of the pairwise structural similarity at several scales."""


class PairwiseMultiScaleSSIM(PairwiseMetric):
    """1 where all generated images are one image, near 0 where they share no structure."""

    def __init__(self, config: MultiScaleSSIMConfig) -> None:
        super().__init__("ms-ssim", similarity, config)

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, Score]:
        """As every pairwise metric; with a note where images are too small for the paper's five scales."""
        scores = super().score(summary, generated)
        scales = scales_of(generated.images.shape[-1])
        if scales == len(BETAS):
            return scores
        note = f"ms-ssim: at {generated.images.shape[-1]} px there is room for {scales} of the paper's 5 scales"
        return {**scores, self.name: replace(scores[self.name], note=note)}


def similarity(first: Tensor, second: Tensor) -> Tensor:
    """MS-SSIM of two batches [N, C, H, W] uint8, image by image: [N] in [0, 1]."""
    from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

    size = first.shape[-1]
    weights = BETAS[: scales_of(size)]
    return multiscale_structural_similarity_index_measure(
        first.float(),
        second.float(),
        data_range=255.0,
        reduction="none",
        sigma=window_sigma(size),
        kernel_size=min(WINDOW, size - 1 + size % 2),
        betas=tuple(weight / sum(weights) for weight in weights),
    ).reshape(-1)


def scales_of(size: int) -> int:
    """At how many scales, 1 to 5, images [*, size, size] can be compared: the window must fit at the coarsest.

    torchmetrics asks for more room than that: (scales - 1)^2 windows' width.
    """
    return max(
        scales
        for scales in range(1, len(BETAS) + 1)
        if scales == 1 or min(size // 2 ** (scales - 1), size // (scales - 1) ** 2) >= WINDOW
    )


SPEC = MetricSpec(
    name="ms-ssim",
    summary="mean multi-scale structural similarity of pairs of generated images: rises when the generator collapses",
    source="Wang et al. 2003, Multi-scale Structural Similarity; pairs as in Odena et al. 2017, arXiv:1610.09585",
    config=MultiScaleSSIMConfig,
    build=PairwiseMultiScaleSSIM,
    lower_is_better=None,
    needs_reals=False,
)
