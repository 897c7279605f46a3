"""The training as an animation: the same latents at every step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
from PIL import Image

from ganzoo.data.contents import Unreadable
from ganzoo.errors import UsageError
from ganzoo.report.caption import BAR_SHADES, caption_bar
from ganzoo.report.reading import read_picture
from ganzoo.runs.atomic import write_atomic

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_FRAMES = 200
HOLD_MS = 2000
"""How long the last frame stays."""
PALETTE_FRAMES = 24
PALETTE_PIXELS = 60_000
"""What the palette is made from: so many frames, and so many of their pixels."""
TOLERANCE = 10
"""A pixel that changes by no more than this (of 255, in every channel) keeps its colour until the last frame:
grain that nobody would miss stays still, and a GIF of 200 frames takes a third less room."""
TRANSPARENT = 255
"""The palette's last entry: pixels that stay as they are compress to nothing."""
COLOURS = TRANSPARENT - BAR_SHADES


def write_gif(frames: Sequence[tuple[str, Path]], path: Path, fps: float, max_width: int = 400) -> None:
    """Write sample grids as an endless GIF with a caption below each, the last one held for two seconds.

    All frames share one palette and none is dithered, so that nothing crawls where nothing changes. They are
    read one after the other; only their palette indices are held.

    Args:
        frames: (caption, picture) in order, `("step 1,500 · 96 kimg", samples/step-00001500.png)`. More than
            `MAX_FRAMES` are thinned evenly; the first and the last stay.
        path: the GIF; written whole or not at all.
        fps: frames a second, (0, 50]; a GIF counts in hundredths of a second.
        max_width: pixels; wider pictures are scaled down. All take the size of the last.

    Raises:
        UsageError: no frames, or a picture that cannot be read.
    """
    if not frames:
        raise UsageError("no sample grids to animate", hint="samples.every_kimg says how often one is drawn")
    kept = [frames[index] for index in thinned(len(frames), MAX_FRAMES)]
    size = _fitted(_picture(kept[-1][1]).size, max_width)
    palette = shared_palette([picture for _, picture in kept], size)
    durations = [max(20, round(100 / fps) * 10)] * (len(kept) - 1) + [HOLD_MS]
    file = BytesIO()
    indices = list(_frames(kept, size, palette))
    gif = iio.imopen(file, "w", plugin="pillow", extension=".gif")
    with gif:
        gif.write(
            indices,
            palette=_with_bar(palette),
            duration=durations if len(kept) > 1 else HOLD_MS,
            loop=0,
            optimize=True,
            transparency=TRANSPARENT,
        )
    write_atomic(path, file.getvalue())


def thinned(count: int, at_most: int) -> list[int]:
    """At most `at_most` (>= 2) of the indices 0 ... count - 1, evenly spaced, with the first and the last."""
    kept = min(count, at_most)
    return [round(place * (count - 1) / max(1, kept - 1)) for place in range(kept)]


def shared_palette(pictures: Sequence[Path], size: tuple[int, int]) -> Image.Image:
    """A palette image of at most `COLOURS` colours for all the pictures.

    Half of its pixels come from the last quarter of the training, where there is most to see.
    """
    half = PALETTE_FRAMES // 2
    late = pictures[-max(1, len(pictures) // 4) :]
    chosen = [pictures[i] for i in thinned(len(pictures), half)] + [late[i] for i in thinned(len(late), half)]
    pixels = np.concatenate([np.asarray(_picture(picture, size)).reshape(-1, 3) for picture in chosen])
    drawn = np.random.default_rng(0).integers(len(pixels), size=(1, PALETTE_PIXELS))
    return Image.fromarray(pixels[drawn]).quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2)


def palette_indices(
    picture: Image.Image, palette: Image.Image, before: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """[H, W]: the palette's nearest colour at each pixel, or the one `before` where that is near enough."""
    indices = np.asarray(picture.quantize(palette=palette, dither=Image.Dither.NONE))
    if before is None:
        return indices
    colours = np.asarray(palette.getpalette(), dtype=np.int16).reshape(-1, 3)
    change = np.abs(np.asarray(picture, dtype=np.int16) - colours[before]).max(axis=2)
    return np.where(change <= TOLERANCE, before, indices)


def _frames(
    frames: Sequence[tuple[str, Path]], size: tuple[int, int], palette: Image.Image
) -> Iterator[NDArray[np.uint8]]:
    """Palette indices [H + caption's height, W] of each frame; the last one is exact."""
    shown: NDArray[np.uint8] | None = None
    for number, (caption, picture) in enumerate(frames, start=1):
        before = shown if number < len(frames) else None
        shown = palette_indices(_picture(picture, size), palette, before)
        yield np.concatenate([shown, caption_bar(caption, size[0]) + np.uint8(COLOURS)])


def _with_bar(palette: Image.Image) -> bytes:
    colours = (palette.getpalette() or [])[: 3 * COLOURS]
    return bytes(colours).ljust(3 * COLOURS, b"\0") + bytes(_bar_greys()) + bytes(3)


def _bar_greys() -> Iterable[int]:
    return (grey for shade in range(BAR_SHADES) for grey in [255 * shade // (BAR_SHADES - 1)] * 3)


def _fitted(size: tuple[int, int], max_width: int) -> tuple[int, int]:
    factor = min(1.0, max_width / size[0])
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _picture(path: Path, size: tuple[int, int] | None = None) -> Image.Image:
    try:
        picture = read_picture(path).convert("RGBA")
    except Unreadable as error:
        raise UsageError(
            f"{path}: a sample grid that cannot be read: {error}", hint="remove it, and it is left out"
        ) from error
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture)
    picture = page.convert("RGB")
    return picture if size in (None, picture.size) else picture.resize(size, Image.Resampling.LANCZOS)
