"""Which images DCGAN can make, and how many channels each stage has for them."""

from __future__ import annotations

from ganzoo.contracts import ImageShape
from ganzoo.plugin import UsageError

SIZES = (16, 32, 64, 128, 256)
CHANNELS = (1, 3, 4)
COARSEST = 4
"""Pixels where G begins and D ends."""
MOST_DOUBLINGS = 3
"""The paper's networks end at eight times the width; wider ones at 256 px would hold most of the weights."""


def check_shape(shape: ImageShape) -> None:
    """Nothing, where DCGAN can make images of this shape.

    Raises:
        UsageError: another size or number of channels; the hint is the nearest valid choice.
    """
    if shape.size not in SIZES:
        nearest = min(SIZES, key=lambda size: (abs(size - shape.size), -size))
        raise UsageError(
            f"dcgan cannot work at {shape.size} px: each stage doubles the size from {COARSEST} px, "
            f"so it must be one of {', '.join(map(str, SIZES))}",
            hint=f"the nearest is `--image-size {nearest}`",
        )
    if shape.channels not in CHANNELS:
        nearest = min(CHANNELS, key=lambda channels: (abs(channels - shape.channels), channels))
        raise UsageError(
            f"dcgan cannot work with {shape.channels} channels: it knows 1 (grey), 3 (RGB) and 4 (RGB with alpha)",
            hint=f"the nearest is `--set data.channels={nearest}`",
        )


def stage_widths(image_size: int, width: int) -> list[int]:
    """Channels of the stages from the image inwards: at image_size / 2 px first, at 4 px last.

    Args:
        image_size: a power of two, at least 8.
        width: channels of the first.

    Returns:
        log2(image_size / 4) numbers; 64 px and width 64 give 64, 128, 256, 512.
    """
    halvings = (image_size // COARSEST).bit_length() - 1
    return [width * 2 ** min(stage, MOST_DOUBLINGS) for stage in range(halvings)]
