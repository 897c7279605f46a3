"""Pictures inside the page: WebP, as good as the room for them allows."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from ganzoo.data.contents import Unreadable
from ganzoo.report.gif import thinned
from ganzoo.report.reading import read_picture

FRAMES = 40
"""Grids that the slider goes through."""
ROOM = 1_600_000
"""Bytes for all of them, before they become text a third longer."""
STEPS_DOWN = ((1100, 82), (800, 78), (640, 70), (512, 60), (384, 45), (256, 30), (160, 20))
"""Pixels of the longer side and quality, tried until the pictures fit their room."""
EFFORT = 2
"""Of WebP's 0 ... 6: beyond, twice the time saves a twentieth."""


class Picture(NamedTuple):
    """Bytes of a WebP."""

    file: bytes

    @property
    def uri(self) -> str:
        """The `src` of an image."""
        return "data:image/webp;base64," + base64.b64encode(self.file).decode()


def frames(grids: Sequence[tuple[int, Path]]) -> tuple[list[tuple[int, Picture]], list[str]]:
    """At most `FRAMES` of the grids, evenly chosen, in `ROOM`; and a line for each that cannot be read."""
    chosen = [grids[index] for index in thinned(len(grids), FRAMES)]
    opened, notes = [], []
    for step, path in chosen:
        try:
            opened.append((step, read_picture(path)))
        except Unreadable as error:
            notes.append(f"{path.name} cannot be read: {error}")
    files = fitted([image for _, image in opened], ROOM)
    return [(step, Picture(file)) for (step, _), file in zip(opened, files, strict=True)], notes


def single(path: Path, room: int = 600_000) -> Picture:
    """One picture in its room.

    Raises:
        Unreadable: with the reason.
    """
    return Picture(fitted([read_picture(path)], room)[0])


def fitted(images: Sequence[Image.Image], room: int) -> list[bytes]:
    """WebP files that take at most `room` bytes together, or the smallest that are tried.

    Three of many tell which quality is worth trying for all.
    """
    files: list[bytes] = []
    probes = [images[index] for index in thinned(len(images), 3)]
    for side, quality in STEPS_DOWN:
        probed = sum(len(_webp(image, side, quality)) for image in probes)
        if probed * len(images) > room * len(probes) and (side, quality) != STEPS_DOWN[-1]:
            continue
        files = [_webp(image, side, quality) for image in images]
        if sum(map(len, files)) <= room:
            break
    return files


def _webp(image: Image.Image, side: int, quality: int) -> bytes:
    if max(image.size) > side:
        image = image.copy()
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = BytesIO()
    image.save(file, format="WEBP", quality=quality, method=EFFORT)
    return file.getvalue()
