"""Every mode Pillow decodes to, brought to 8 bits: L, RGB, or RGBA where there is transparency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray


def eight_bit(image: Image.Image) -> Image.Image:
    """The image in mode L, RGB or RGBA; what is in one of them already comes back as it is."""
    if image.mode.startswith("I"):
        return Image.fromarray(from_sixteen_bit(np.asarray(image)))
    if image.mode == "F":
        return Image.fromarray(from_float(np.asarray(image)))
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


def from_float(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """[H, W] in [0, 1], or in [0, 255] where any value lies above 1; clipped and rounded. NaN is 0."""
    finite = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=np.inf, neginf=0.0)
    finite_values = finite[np.isfinite(finite)]
    scale = 255.0 if finite_values.size == 0 or finite_values.max() <= 1.0 else 1.0
    return np.rint(np.clip(finite * scale, 0.0, 255.0)).astype(np.uint8)
