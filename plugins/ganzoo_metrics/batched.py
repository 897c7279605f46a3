"""Runs a backbone over any number of images in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

BATCH = 64


def rgb(images: Tensor) -> Tensor:
    """[N, C, H, W] with C in 1, 3, 4 -> [N, 3, H, W]: one channel repeated, alpha left out."""
    return images.expand(-1, 3, -1, -1) if images.shape[1] == 1 else images[:, :3]


def batched(features: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """`features` of images [N, C, H, W] as RGB, a batch at a time, without gradients: [N, D] float32."""
    import torch

    with torch.inference_mode():
        starts = range(0, len(images), BATCH)
        parts = [features(rgb(images[start : start + BATCH])).float() for start in starts]
    return torch.cat(parts)
