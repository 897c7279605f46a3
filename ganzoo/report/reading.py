"""A run's pictures read back: whatever is wrong with the file is one error."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from ganzoo.data.contents import Unreadable
from ganzoo.data.decode import opened, upright
from ganzoo.data.reading import read_whole
from ganzoo.runs.records import open_regular

MOST_PIXELS = 2**27
"""A grid of a hundred images of 1024 px has fewer; a picture that says it has more is not read."""
MOST_BYTES = 2**29
"""Of a file: as many pixels in four channels that no encoder made smaller."""


def read_picture(path: Path) -> Image.Image:
    """The pixels in mode RGB or RGBA.

    Raises:
        Unreadable: with the reason: it is not there, no picture, damaged, too large.
    """
    try:
        with open_regular(path) as file:
            data = read_whole(file, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise Unreadable(getattr(error, "strerror", None) or str(error)) from error
    with opened(data, MOST_PIXELS, MOST_PIXELS) as stored:
        image = upright(data, stored.image)
        return image if image.mode == "RGBA" else image.convert("RGB")
