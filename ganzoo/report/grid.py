"""Many images in one picture."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.report.images import channels_last, png
from ganzoo.runs.atomic import write_atomic

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

MIN_WIDTH = 512
"""Pixels; a narrower grid is enlarged, so that 16 px images can be looked at."""
GAP = 2
"""Pixels between images and around them, whatever the enlargement."""
GAP_COLOUR = (255, 255, 255, 255)
"""White, as the page around: dark lines would be the first thing one sees."""


def write_grid(images: Tensor | NDArray[np.uint8], path: Path, columns: int | None = None) -> None:
    """Write images side by side as a PNG; the same images give the same bytes.

    Args:
        images: uint8, a tensor [N, C, H, W] or an array [N, H, W, C], C in 1, 3, 4.
        path: the PNG, in a folder that exists; written whole or not at all.
        columns: images in a row; None: nearly square, without empty places where that is possible.

    Raises:
        UsageError: no images, or images of another shape or type.
    """
    write_atomic(path, png(grid(images, columns)))


def grid(images: Tensor | NDArray[np.uint8], columns: int | None = None) -> NDArray[np.uint8]:
    """The picture [H, W, C] of images side by side; arguments and errors are `write_grid`'s."""
    tiles = channels_last(images)
    columns = columns or best_columns(len(tiles))
    factor = enlargement(columns, tiles.shape[2])
    return arrange(tiles.repeat(factor, axis=1).repeat(factor, axis=2), columns)


def best_columns(count: int) -> int:
    """Columns of a nearly square grid, or one up to 2 : 1 that leaves no place empty, 32 images as 8 x 4."""
    square = math.isqrt(count - 1) + 1
    filled = (columns for columns in range(square, math.isqrt(2 * count) + 1) if count % columns == 0)
    return next(filled, square)


def enlargement(columns: int, size: int) -> int:
    """Smallest whole factor at which `columns` images of `size` pixels are `MIN_WIDTH` wide."""
    return max(1, math.ceil(MIN_WIDTH / (columns * size)))


def arrange(tiles: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """[N, H, W, C] -> [rows (H + gap) + gap, columns (W + gap) + gap, C], row by row; the rest is gap."""
    count, height, width, channels = tiles.shape
    rows = math.ceil(count / columns)
    shape = (rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, channels)
    picture = np.empty(shape, dtype=np.uint8)
    picture[:] = GAP_COLOUR[:channels]
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        top, left = GAP + row * (height + GAP), GAP + column * (width + GAP)
        picture[top : top + height, left : left + width] = tile
    return picture
