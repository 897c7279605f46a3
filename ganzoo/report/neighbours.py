"""Generated images above the real ones they are nearest to: the picture in which a copy is seen at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganzoo.errors import UsageError
from ganzoo.report.images import channels_last, png
from ganzoo.runs.atomic import write_atomic

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

COLUMNS = 8
MIN_TILE = 80
"""Pixels; smaller images are enlarged by a whole factor, so that the distance fits below."""
GAP, CAPTION, TITLE = 4, 20, 30
"""Pixels between pairs, below each, and above all."""
INK, COPY = "#333333", "#c1272d"
"""Of a distance, and of one that counts as a copy."""


def write_neighbours(
    generated: Tensor | NDArray[np.uint8],
    real: Tensor | NDArray[np.uint8],
    distances: Sequence[float],
    threshold: float,
    path: Path,
) -> None:
    """Write pairs as a PNG, the generated image above its nearest training image, the distance below.

    Args:
        generated: uint8, a tensor [N, C, H, W] or an array [N, H, W, C], nearest pair first.
        real: likewise, of the same size.
        distances: [N] between features; those up to `threshold` are written in red.
        threshold: distance that counts as a copy.
        path: the PNG; written whole or not at all.

    Raises:
        UsageError: no images, or not as many on both sides.
    """
    above, below = _coloured(channels_last(generated)), _coloured(channels_last(real))
    if above.shape != below.shape or len(distances) != len(above):
        raise UsageError(f"pairs cannot be made of {list(above.shape)} and {list(below.shape)}")
    factor = max(1, -(-MIN_TILE // above.shape[2]))
    above, below = (side.repeat(factor, axis=1).repeat(factor, axis=2) for side in (above, below))
    height, width = above.shape[1:3]
    columns = min(COLUMNS, len(above))
    rows = -(-len(above) // columns)
    pair = 2 * height + CAPTION + 2 * GAP
    page = Image.new("RGB", (max(columns * (width + GAP) + GAP, 460), TITLE + rows * pair), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(14)
    title = f"above generated, below the nearest training image; a copy: distance up to {threshold:.3g}"
    draw.text((GAP, TITLE / 2), title, fill=INK, font=font, anchor="lm")
    for index, distance in enumerate(distances):
        row, column = divmod(index, columns)
        left, top = GAP + column * (width + GAP), TITLE + row * pair
        page.paste(Image.fromarray(above[index]), (left, top))
        page.paste(Image.fromarray(below[index]), (left, top + height + GAP // 2))
        colour = COPY if distance <= threshold else INK
        middle = (left + width / 2, top + 2 * height + GAP // 2 + CAPTION / 2)
        draw.text(middle, f"{distance:.3g}", fill=colour, font=font, anchor="mm")
    write_atomic(path, png(np.asarray(page)))


def _coloured(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[N, H, W, C] with C in 1, 3, 4 -> [N, H, W, 3], transparency on white."""
    if images.shape[-1] == 1:
        return images.repeat(3, axis=-1)
    if images.shape[-1] == 3:
        return images
    opacity = images[..., 3:].astype(np.float32) / 255
    return np.rint(images[..., :3] * opacity + 255 * (1 - opacity)).astype(np.uint8)
