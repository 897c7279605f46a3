"""How large the images of a folder, a zip or a data set are, read from their headers."""

from __future__ import annotations

import io
import statistics
from dataclasses import dataclass

from PIL import Image

from ganzoo.contracts.dataset import Dataset, ImageFiles
from ganzoo.data.contents import Files, Unreadable
from ganzoo.data.decode import FORMATS
from ganzoo.data.sources import open_source

LOOKED_AT = 256
"""Images whose size is read, evenly spaced: enough to know the usual one."""
LEAST_SIZE, LARGEST_SIZE = 4, 1024
"""Pixels: what a `DataSection` takes."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a source's images are.

    Attributes:
        side: the median shorter side in pixels, in 4 ... 1024.
        uniform: all that were looked at are squares of this side.
    """

    side: int
    uniform: bool


def sizes_of(source: ImageFiles | Dataset, max_pixels: int) -> Sizes | None:
    """What size the images have; None where none of them can be read.

    Raises:
        UsageError: nothing there, or neither a folder nor a zip.
    """
    if isinstance(source, Dataset):
        indices = _spread(len(source))
        sizes = [(image.shape[1], image.shape[0]) for image in (source.image(index) for index in indices)]
    else:
        with open_source(source, max_pixels) as opened:
            assert isinstance(opened, Files)  # what a folder and a zip open as
            found = (_size(opened, index) for index in _spread(len(opened.names)))
            sizes = [size for size in found if size is not None]
    if not sizes:
        return None
    side = min(LARGEST_SIZE, max(LEAST_SIZE, statistics.median_low(min(size) for size in sizes)))
    return Sizes(side, set(sizes) == {(side, side)})


def _size(opened: Files, index: int) -> tuple[int, int] | None:
    try:
        with Image.open(io.BytesIO(opened.content(index)), formats=FORMATS) as image:
            return image.size
    except (Unreadable, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # left out with its reason when the images are loaded


def _spread(count: int) -> list[int]:
    return list(range(0, count, max(1, -(-count // LOOKED_AT))))
