"""What one image file is: its size, its colours, its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image

from ganzoo.data.decode import opened, orientation, upright

ENDINGS = {
    "PNG": {".png"},
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "WEBP": {".webp"},
    "GIF": {".gif"},
    "BMP": {".bmp"},
    "TIFF": {".tif", ".tiff"},
}
SIDEWAYS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""
SMALL = 64
"""Pixels a JPEG is read at: enough to find damage."""


@dataclass(frozen=True, slots=True)
class Look:
    """An image that can be trained on.

    Attributes:
        width: of the upright image, in pixels.
        height: likewise.
        mode: Pillow's word for its colours: "RGB", "L" (grey), "P" (palette), "I;16", "CMYK" ...
        format: what it is, "PNG", whatever its name says.
        ending_fits: its name says the same.
        transparent: it has transparency.
        animated: it has more frames than the first, which alone is read.
        rotated: EXIF says how to turn it.
        digest: sha256 of the file.
    """

    width: int
    height: int
    mode: str
    format: str
    ending_fits: bool
    transparent: bool
    animated: bool
    rotated: bool
    digest: str


def look(name: str, data: bytes, max_pixels: int) -> Look:
    """Read a file as training does, with all its pixels.

    Args:
        name: of the file, for its ending.
        data: its bytes.
        max_pixels: as `data.max_pixels`.

    Raises:
        Unreadable: training would leave it out; with the reason.
    """
    with opened(data, max_pixels, SMALL) as stored:
        image = stored.image
        kind, turn = image.format or "", orientation(image)
        width, height = (stored.height, stored.width) if turn in SIDEWAYS else (stored.width, stored.height)
        return Look(
            width=width,
            height=height,
            mode=image.mode,
            format=kind,
            ending_fits=PurePosixPath(name).suffix.lower() in ENDINGS.get(kind, set()),
            transparent=upright(data, image).mode == "RGBA",
            rotated=turn != 1,
            digest=hashlib.sha256(data).hexdigest(),
            animated=_is_animated(image),  # last: counting frames moves to another one
        )


def _is_animated(image: Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - the frames after the first are not read in training either
        return False
