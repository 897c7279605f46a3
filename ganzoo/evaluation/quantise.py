"""Generated images as the 8-bit images people see: what is shown is what is scored."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.contracts.batch import are_points
from ganzoo.errors import TrainingError

QUANTISATION = "round((x + 1) * 127.5), clamped to 0 ... 255"
"""For the protocol of a score."""
NO_QUANTISATION = "none: points as they are"


def as_shown(images: Tensor) -> Tensor:
    """What is shown and scored: images as `quantise` gives them; points [N, dim, 1, 1] as they are, in float32.

    Raises:
        TrainingError: a value is NaN, or a point lies at infinity.
    """
    if not are_points(images):
        return quantise(images)
    if not bool(images.isfinite().all()):
        raise TrainingError(
            "the generator makes points that are not finite",
            hint="go on from an earlier checkpoint with a lower learning rate",
        )
    return images.float()


def quantise(images: Tensor) -> Tensor:
    """[N, C, H, W] float, -1 black and 1 white -> [N, C, H, W] uint8 on the same device.

    Raises:
        TrainingError: a value is NaN, which has no colour.
    """
    if bool(images.isnan().any()):
        raise TrainingError(
            "the generator makes values that are not numbers (NaN)",
            hint="go on from an earlier checkpoint with a lower learning rate",
        )
    return ((images.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


def dequantise(images: Tensor) -> Tensor:
    """[N, C, H, W] uint8 -> float32 in [-1, 1], which quantises to the same bytes."""
    return images.float() / 127.5 - 1.0
