"""Which images FastGAN can make, and how many channels its features have at each size."""

from __future__ import annotations

from ganzoo.contracts import ImageShape
from ganzoo.plugin import UsageError, check_image_shape

SMALLEST, LARGEST = 32, 1024
FEWEST = 8


def check_shape(shape: ImageShape) -> None:
    """Nothing, where FastGAN can make images of this shape.

    Raises:
        UsageError: another size or number of channels, or labels, of which it makes no use.
    """
    check_image_shape("fastgan", shape, SMALLEST, LARGEST)
    if shape.num_classes is not None:
        raise UsageError(
            "fastgan makes no use of labels", hint="leave out --set data.labels=true, or take cgan-projection or acgan"
        )


def generator_channels(size: int, width: int) -> int:
    """G's channels at `size` pixels: 16, 8, 4, 2, 2, 1, 1/2 ... times `width` at 4, 8, 16, 32, 64, 128, 256 ... px."""
    if size <= 32:
        return 64 * width // size
    return max(FEWEST, 2 * width if size == 64 else 128 * width // size)


def discriminator_channels(size: int, width: int) -> int:
    """D's channels at `size` pixels: 8 x `width` at 8 px, halved at each doubling of the size."""
    return max(FEWEST, 64 * width // size)
