"""Frames in motion: a GIF that loops without a seam, or an MP4."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
from PIL import Image

from ganzoo.errors import UsageError
from ganzoo.runs.atomic import write_atomic

if TYPE_CHECKING:
    from numpy.typing import NDArray

PALETTE_PIXELS = 60_000
COLOURS = 256
FASTEST_GIF = 50
"""Frames a second; a GIF counts in hundredths of a second, and viewers slow down what is faster."""
SLOWEST = 0.01
"""Frames a second; a GIF has no number for a frame that stands for eleven minutes."""


def write_animation(frames: Sequence[NDArray[np.uint8]], path: Path, fps: float) -> None:
    """Write frames as a file whose ending says its kind.

    Args:
        frames: [H, W, C] with C in 1, 3, 4, all of one size; alpha is laid on white.
        path: `.gif` or `.mp4`, in a folder that exists; written whole or not at all.
        fps: frames a second, 0.01 or more; of a GIF at most 50, each for a whole number of hundredths of a second.

    Raises:
        UsageError: another ending, no frames, a rate that cannot be, or no package that writes MP4.
    """
    check_animation(path, fps)
    if not frames:
        raise UsageError("no frames to animate")
    colours = [_in_colours(frame) for frame in frames]
    content = _gif(colours, fps) if path.suffix.lower() == ".gif" else _mp4(colours, fps)
    write_atomic(path, content)


def check_animation(path: Path, fps: float) -> None:
    """What can be known before any frame is drawn; raises as `write_animation`."""
    kind = path.suffix.lower()
    if kind not in (".gif", ".mp4"):
        raise UsageError(f"{path}: an animation is a .gif or an .mp4", hint="--out walk.gif")
    if not SLOWEST <= fps < math.inf or (kind == ".gif" and fps > FASTEST_GIF):
        limit = f", at most {FASTEST_GIF} in a GIF" if kind == ".gif" else ""
        raise UsageError(f"{fps:g} frames a second: it must be {SLOWEST:g} or more{limit}")
    if kind == ".mp4" and find_spec("av") is None:
        raise UsageError(
            f"{path}: writing MP4 needs the package av, which is not installed",
            hint="it is ganzoo's extra `video`: pip install av; or write a GIF: --out walk.gif",
        )


def _in_colours(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[H, W, 3]."""
    if frame.shape[2] == 4:
        alpha = frame[:, :, 3:].astype(np.float32) / 255
        return np.rint(frame[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return np.broadcast_to(frame, (*frame.shape[:2], 3)) if frame.shape[2] == 1 else frame


def _gif(frames: Sequence[NDArray[np.uint8]], fps: float) -> bytes:
    """One palette for all, no dithering: nothing crawls where nothing changes."""
    pixels = np.concatenate([frame.reshape(-1, 3)[:: max(1, len(frames) // 8)] for frame in frames])
    drawn = pixels[np.random.default_rng(0).integers(len(pixels), size=(1, PALETTE_PIXELS))]
    palette = Image.fromarray(drawn).quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2)
    pictures = [
        Image.fromarray(np.ascontiguousarray(frame)).quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in frames
    ]
    file = BytesIO()
    duration = max(20, round(100 / fps) * 10)
    pictures[0].save(
        file, format="GIF", save_all=True, append_images=pictures[1:], duration=duration, loop=0, optimize=False
    )
    return file.getvalue()


def _mp4(frames: Sequence[NDArray[np.uint8]], fps: float) -> bytes:
    """H.264 as every player reads it, which wants even sides: the last row or column is repeated."""
    padded = [np.pad(f, ((0, f.shape[0] % 2), (0, f.shape[1] % 2), (0, 0)), mode="edge") for f in frames]
    with tempfile.TemporaryDirectory() as folder:  # the writer wants to go back in its file
        path = Path(folder) / "walk.mp4"
        iio.imwrite(path, np.stack(padded), plugin="pyav", codec="libx264", fps=fps)
        return path.read_bytes()
