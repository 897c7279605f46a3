"""The line of text below a frame."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAR_SHADES = 12
"""Greys from black to white that a bar is drawn in: enough for smooth letters."""
HEIGHT = 24
TEXT_SIZE = 14
BACKGROUND, TEXT = 255, 40
"""Greys of the bar and of the letters."""


def caption_bar(text: str, width: int) -> NDArray[np.uint8]:
    """[HEIGHT, width] of shades in 0 ... BAR_SHADES - 1: dark letters on white, what does not fit cut off."""
    bar = Image.new("L", (width, HEIGHT), BACKGROUND)
    ImageDraw.Draw(bar).text((6, HEIGHT / 2), text, fill=TEXT, font=_font(), anchor="lm")
    return np.rint(np.asarray(bar) * ((BAR_SHADES - 1) / 255)).astype(np.uint8)


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(TEXT_SIZE)
