"""From image to image: frames of a walk through the latents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ganzoo.errors import UsageError
from ganzoo.latent.interpolation import walk
from ganzoo.playing.sampling import shown
from ganzoo.playing.trained import Trained
from ganzoo.report.grid import arrange, best_columns
from ganzoo.report.images import channels_last

MOST_FRAMES = 600
"""They are all held until they are written."""
LEAST_WIDTH = 256
"""Pixels; a picture that is narrower is enlarged. Half of a still picture's: a GIF grows with every pixel."""


def frames_of_walk(
    trained: Trained,
    seeds: Sequence[int],
    frames: int,
    count: int,
    truncation: float = 1.0,
    label: int | None = None,
    *,
    closed: bool = True,
) -> list[NDArray[np.uint8]]:
    """Pictures [H, W, C] of `count` walks side by side, each over the images of all seeds in turn.

    At a seed a picture shows what `ganzoo sample --seed` gives.

    Args:
        trained: the generator.
        seeds: two or more.
        frames: from one seed to the next, at least 1.
        count: images in a picture.
        truncation: as in `sample`.
        label: of all images; None: in turn where G is conditional.
        closed: back to the first seed, without a seam.

    Raises:
        UsageError: fewer than two seeds, no frames, too many of them, or a generator of points.
    """
    trained.must_make_images("interpolate")
    if len(seeds) < 2:
        raise UsageError("a walk needs two seeds or more", hint="--seeds 0,1,2,3")
    if frames < 1 or count < 1:
        raise UsageError(f"{frames} frames of {count} images: both must be 1 or more")
    if len(seeds) * frames > MOST_FRAMES:
        raise UsageError(
            f"{len(seeds)} seeds with {frames} frames each are more than {MOST_FRAMES} frames",
            hint="take fewer --frames or --seeds",
        )
    return list(_frames(trained, seeds, frames, count, truncation, label, closed))


def _frames(
    trained: Trained,
    seeds: Sequence[int],
    frames: int,
    count: int,
    truncation: float,
    label: int | None,
    closed: bool,
) -> Iterator[NDArray[np.uint8]]:
    stops = torch.stack([trained.latents(seed, count)[0] for seed in seeds])
    labels = trained.latents(seeds[0], count, label)[1]
    for latents in walk(stops, frames, closed=closed):
        yield _picture(channels_last(shown(trained, latents, labels, truncation)))


def _picture(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images [N, H, W, C] side by side, small ones enlarged by a whole factor; one by itself has no border."""
    columns = best_columns(len(tiles))
    factor = max(1, math.ceil(LEAST_WIDTH / (columns * tiles.shape[2])))
    large = tiles.repeat(factor, axis=1).repeat(factor, axis=2)
    return arrange(large, columns) if len(large) > 1 else large[0]
