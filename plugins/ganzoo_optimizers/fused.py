"""Where one kernel can update all parameters at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

DEVICES = frozenset({"cpu", "cuda", "mps"})
"""Devices on which torch has fused Adam, AdamW and SGD."""


def can_fuse(parameters: Sequence[nn.Parameter]) -> bool:
    """Whether torch's fused kernels can update these parameters: floats, all on devices that have them."""
    return all(parameter.device.type in DEVICES and parameter.is_floating_point() for parameter in parameters)
