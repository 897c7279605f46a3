"""Every mode Pillow decodes to, brought to 8 bits: L, RGB, or RGBA where there is transparency."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ganzoo.data.strips import strips

if TYPE_CHECKING:
    from numpy.typing import NDArray


def eight_bit(image: Image.Image) -> Image.Image:
    """The image in mode L, RGB or RGBA; what is in one of them already comes back as it is."""
    if image.mode.startswith("I"):
        return _of_strips(image, from_sixteen_bit)
    if image.mode == "F":
        scale = _scale(image)
        return _of_strips(image, lambda values: from_float(values, scale))
    if image.mode == "RGBA":
        return image
    if image.has_transparency_data:
        # Premultiplied modes convert to their plain twin only.
        return (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def from_sixteen_bit(values: NDArray[np.integer]) -> NDArray[np.uint8]:
    """[H, W] in 0 ... 65535 (clipped) -> 0 ... 255, rounded: 65535 is 255, and 257 n is n."""
    clipped = np.clip(values.astype(np.int64), 0, 65535)
    return ((clipped * 255 + 32767) // 65535).astype(np.uint8)


def from_float(values: NDArray[np.floating], scale: float) -> NDArray[np.uint8]:
    """[H, W] times `scale`, clipped to 0 ... 255 and rounded. NaN is 0."""
    known = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=np.inf, neginf=0.0)
    return np.rint(np.clip(known * scale, 0.0, 255.0)).astype(np.uint8)


def _scale(image: Image.Image) -> float:
    """255 for values in [0, 1]; 1 where any finite value lies above, which says they are in [0, 255]."""
    largest = 0.0
    for box in strips(image.size):
        values = np.asarray(image.crop(box))
        largest = max(largest, float(values[np.isfinite(values)].max(initial=0.0)))
    return 255.0 if largest <= 1.0 else 1.0


def _of_strips(image: Image.Image, convert: Callable[[NDArray[Any]], NDArray[np.uint8]]) -> Image.Image:
    # Any: integers or floats, as the image's mode says.
    grey = Image.new("L", image.size)
    for box in strips(image.size):
        grey.paste(Image.fromarray(convert(np.asarray(image.crop(box)))), box)
    return grey
