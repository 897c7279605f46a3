"""From a file's bytes to an array of the asked size and channels.

Colours are taken as they are stored: an embedded ICC profile is not applied. Resizing is Pillow's antialiased
bicubic on 8-bit values, as recommended by Parmar et al. 2022, "On Aliased Resizing and Surprising Subtleties
in GAN Evaluation". An image that has the size already keeps its exact values.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageColor, UnidentifiedImageError

from ganzoo.data.contents import Unreadable
from ganzoo.data.modes import eight_bit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""Nothing else is tried: some of Pillow's readers start other programs."""

SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF", b"BM")
"""How files of these formats begin; the last two begin other files as well."""

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation (Exif 2.32, tag 274) -> what sets the image upright."""


def decode(data: bytes, section: DataSection) -> NDArray[np.uint8]:
    """Decode one file; an animation's first frame.

    Returns:
        [size, size, channels], contiguous.

    Raises:
        Unreadable: "empty file", "not an image", "truncated", "damaged", "too large: W x H pixels", ...
    """
    if not data:
        raise Unreadable("empty file")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            width, height = image.size
            if width * height > section.max_pixels:
                raise Unreadable(f"too large: {width} x {height} pixels")
            # A JPEG can be decoded at 1/2, 1/4, 1/8 of its size, much faster. A factor of two or more is
            # left to the resize, so that the antialiased bicubic still decides what is seen.
            image.draft(None, (2 * section.image_size, 2 * section.image_size))
            image.load()
            upright = eight_bit(_upright(image))
    except Unreadable:
        raise
    except Exception as error:  # Pillow's readers raise whatever a broken file leads them to
        raise Unreadable(_why(data, error)) from error
    return fit(upright, section)


def fit(image: Image.Image, section: DataSection) -> NDArray[np.uint8]:
    """Bring an image in mode L, RGB or RGBA to the asked shape.

    Transparent pixels are laid on the background before resizing; with four channels alpha is kept, and
    borders are transparent. Grey is ITU-R 601 luma.

    Returns:
        [size, size, channels].
    """
    size, background = section.image_size, ImageColor.getrgb(section.background)
    if section.channels == 4:
        image = image.convert("RGBA")
    else:
        if image.mode == "RGBA":
            ground = Image.new("RGBA", image.size, (*background, 255))
            image = Image.alpha_composite(ground, image).convert("RGB")
        image = image.convert("RGB" if section.channels == 3 else "L")
    if section.fit == "crop":
        image = _middle(image).resize((size, size), Image.Resampling.BICUBIC)
    elif section.fit == "stretch":
        image = image.resize((size, size), Image.Resampling.BICUBIC)
    else:
        image = _padded(image, size, background)
    array = np.asarray(image, dtype=np.uint8)
    return array.reshape(size, size, section.channels)


@contextmanager
def own_pixel_limit() -> Iterator[None]:
    """Let `max_pixels` alone decide: Pillow's limit is one number a process, lower than a user may want."""
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():  # a damaged file is told once, by its reason
            warnings.filterwarnings("ignore", module=r"PIL\..*")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _upright(image: Image.Image) -> Image.Image:
    try:
        turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - broken metadata says nothing of the picture, which was decoded
        turn = None
    return image if turn is None else image.transpose(turn)


def _middle(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _padded(image: Image.Image, size: int, background: tuple[int, ...]) -> Image.Image:
    scale = size / max(image.size)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    square = Image.new("RGBA", (size, size), (*background, 0)).convert(image.mode)
    square.paste(image.resize(inner, Image.Resampling.BICUBIC), ((size - inner[0]) // 2, (size - inner[1]) // 2))
    return square


def _why(data: bytes, error: Exception) -> str:
    """The reason in the user's words, from what Pillow raised and how the file begins."""
    if isinstance(error, Image.DecompressionBombError):
        return "too large: more pixels than Pillow's own limit"
    if isinstance(error, MemoryError):
        return "too large: it does not fit the memory"
    sure = data.startswith(SIGNATURES[:-2]) or data[8:12] == b"WEBP"
    if not data.startswith(SIGNATURES) or (isinstance(error, UnidentifiedImageError) and not sure):
        return "not an image"
    if "truncated" in str(error).lower() or isinstance(error, EOFError) or len(data) < _least_length(data):
        return "truncated"
    return "damaged"


def _least_length(data: bytes) -> int:
    """Bytes the file must have by its own header, where the header says so in a fixed place."""
    if data.startswith(b"RIFF"):
        return int.from_bytes(data[4:8], "little") + 8
    if data.startswith((b"II", b"MM")):
        return int.from_bytes(data[4:8], "little" if data.startswith(b"II") else "big") + 2
    return 32
