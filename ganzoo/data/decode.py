"""From a file's bytes to an array of the asked size and channels.

Colours are taken as they are stored: an embedded ICC profile is not applied. Resizing is Pillow's antialiased
bicubic on 8-bit values, as recommended by Parmar et al. 2022, "On Aliased Resizing and Surprising Subtleties
in GAN Evaluation". An image that has the size already keeps its exact values.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageColor, UnidentifiedImageError

from ganzoo.data.contents import Unreadable
from ganzoo.data.modes import eight_bit
from ganzoo.data.reading import SIGNATURES
from ganzoo.data.strips import strips
from ganzoo.data.turns import PIXELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""Nothing else is tried: some of Pillow's readers start other programs."""

BYTES_HELD = 4
"""A pixel takes in Pillow, in most modes."""

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
    with opened(data, section.max_pixels, 2 * section.image_size) as stored:
        return fit(upright(data, stored.image), section)


@dataclass(frozen=True, slots=True)
class Stored:
    """An image as it is stored.

    Attributes:
        image: its pixels; a JPEG's perhaps at a part of its size.
        width: of the whole.
        height: of the whole.
    """

    image: Image.Image
    width: int
    height: int


@contextmanager
def opened(data: bytes, max_pixels: int, enough: int) -> Iterator[Stored]:
    """The image as it is stored, its pixels read.

    Args:
        data: of the file.
        max_pixels: an image that says it has more is not read.
        enough: pixels; a JPEG may be read at 1/2, 1/4, 1/8 of its size down to this. A factor of two or more is
            best left to a resize, so that the antialiased bicubic still decides what is seen.

    Raises:
        Unreadable: as `decode`.
    """
    if not data:
        raise Unreadable("empty file")
    if not data.startswith(SIGNATURES):
        raise Unreadable("not an image")
    with ExitStack() as held:
        try:
            image = held.enter_context(Image.open(io.BytesIO(data), formats=FORMATS))
            width, height = image.size
            if width * height > max_pixels:
                raise Unreadable(f"too large: {width} x {height} pixels")
            image.draft(None, (enough, enough))
            held.enter_context(PIXELS.turn(BYTES_HELD * image.width * image.height))
            image.load()
        except Unreadable:
            raise
        except Exception as error:  # Pillow's readers raise whatever a broken file leads them to
            raise Unreadable(_why(data, error)) from error
        yield Stored(image, width, height)


def upright(data: bytes, image: Image.Image) -> Image.Image:
    """The image as its EXIF orientation says, in mode L, RGB or RGBA.

    Raises:
        Unreadable: a mode that Pillow reads and cannot convert.
    """
    try:
        turn = TURNS.get(orientation(image))
        return eight_bit(image if turn is None else image.transpose(turn))
    except Exception as error:
        raise Unreadable(_why(data, error)) from error


def orientation(image: Image.Image) -> int:
    """1 to 8, as EXIF says; 1, upright, where it says nothing that can be read."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - broken metadata says nothing of the picture, which was decoded
        return 1
    return value if value in TURNS else 1


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
            image = _on(background, image)
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


def _on(background: tuple[int, ...], image: Image.Image) -> Image.Image:
    """An RGBA image on a colour, in RGB."""
    flat = Image.new("RGB", image.size)
    for box in strips(image.size):
        part = image.crop(box)
        ground = Image.new("RGBA", part.size, (*background, 255))
        flat.paste(Image.alpha_composite(ground, part).convert("RGB"), box)
    return flat


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
    if isinstance(error, UnidentifiedImageError) and not sure:
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
