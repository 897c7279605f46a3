"""Generated images as the 8-bit images people see: what is shown is what is scored."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.errors import TrainingError

QUANTISATION = "round((x + 1) * 127.5), clamped to 0 ... 255"
"""For the protocol of a score."""


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
