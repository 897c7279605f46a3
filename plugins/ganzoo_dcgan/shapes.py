"""Which images DCGAN can make, and how many channels each stage has for them."""

from __future__ import annotations

from ganzoo.contracts import ImageShape
from ganzoo.plugin import check_image_shape, doubling_widths, halvings

SMALLEST, LARGEST = 16, 256
COARSEST = 4
"""Pixels where G begins and D ends."""
GROWTH = 8
"""The paper's networks end at eight times the width; wider ones at 256 px would hold most of the weights."""


def check_shape(shape: ImageShape) -> None:
    """Nothing, where DCGAN can make images of this shape.

    Raises:
        UsageError: another size or number of channels; the hint is the nearest valid choice.
    """
    check_image_shape("dcgan", shape, SMALLEST, LARGEST)


def stage_widths(image_size: int, width: int) -> list[int]:
    """Channels of the stages from the image inwards: at image_size / 2 px first, at 4 px last.

    Args:
        image_size: a power of two, at least 8.
        width: channels of the first.

    Returns:
        log2(image_size / 4) numbers; 64 px and width 64 give 64, 128, 256, 512.
    """
    return doubling_widths(halvings(image_size, COARSEST), width, GROWTH)
