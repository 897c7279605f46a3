"""Are generated images copies of training images? The nearest real neighbour of each, and how near is too near.

A generated image counts as memorised where it is nearer to some training image than 99 % of the training images are to
their own nearest neighbours among the others. Of images as new as the training images are to one another, 1 % are that
near by chance, whatever the data and the backbone: that is what the share is held against. Distances are between
features of smoothed images: a generator's grain moves features farther than another motif does, and hides copies.

Sources: nearest neighbours of generated images against those of real ones, Meehan et al. 2020, "A Non-Parametric Test
to Detect Data-Copying in Generative Models". Alaa et al. 2022, "How Faithful is your Synthetic Data?", compare with the
neighbour's own distance to its nearest (authenticity); by that rule about half of all held-out images would count,
which leaves little room to see a generator that copies a few.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

EXPECTED = 0.01
"""Share of training images that are nearer to another one than the rest; and so of new images, by chance."""
LEAST_FLAGGED = 0.05
"""A share below this is not worth an alarm, however many images it was found on."""
DEVIATIONS = 3.0
"""Standard deviations of chance above which a share is none."""
FEWEST = 20
"""Distinct training images below which there is no usual distance between them."""
ROWS = 1024
"""Distances are computed so many rows at a time."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest training image of each generated one, nearest first.

    Attributes:
        generated: [N] indices of generated images.
        real: [N] indices of their nearest training images.
        distances: [N] between features, ascending.
        threshold: distance up to which a generated image counts as memorised.
    """

    generated: NDArray[np.int64]
    real: NDArray[np.int64]
    distances: NDArray[np.float64]
    threshold: float

    @property
    def share(self) -> float:
        """Of generated images that count as memorised, in [0, 1]; about 0.01 by chance."""
        return float((self.distances <= self.threshold).mean())

    @property
    def limit(self) -> float:
        """The share above which it is no chance: 5 %, or more where there are few images."""
        chance = math.sqrt(EXPECTED * (1 - EXPECTED) / len(self.distances))
        return max(LEAST_FLAGGED, EXPECTED + DEVIATIONS * chance)

    @property
    def flagged(self) -> bool:
        """The generator repeats training images."""
        return self.share > self.limit


def nearest_neighbours(generated: Tensor, real: Tensor) -> Neighbours | None:
    """Search the training images for the neighbours of generated ones.

    Args:
        generated: [N, D] features, N >= 1.
        real: [M, D] features of training images, each image once: see `distinct`.

    Returns:
        None where there are fewer than 20 training images.
    """
    if len(real) < FEWEST:
        return None
    among_reals = torch.cat(
        [_nearest(real[start : start + ROWS], real, first=start)[0] for start in range(0, len(real), ROWS)]
    )
    threshold = float(among_reals.double().quantile(EXPECTED))
    parts = [_nearest(generated[start : start + ROWS], real) for start in range(0, len(generated), ROWS)]
    distances = torch.cat([part[0] for part in parts]).double().numpy()
    real_indices = torch.cat([part[1] for part in parts]).numpy()
    order = np.argsort(distances, kind="stable")
    return Neighbours(order.astype(np.int64), real_indices[order], distances[order], threshold)


def distinct(images: Tensor, seen: set[bytes]) -> Tensor:
    """Which images have no equal one before them: a set may hold one twice.

    Twins have a distance of 0, and nothing could be nearer.

    Args:
        images: [N, C, H, W] uint8; a piece of a set that need not fit in memory.
        seen: digests of the pieces before, to which this one's are added.

    Returns:
        [M] indices in the piece, ascending.
    """
    found = []
    for index, image in enumerate(images.numpy()):
        digest = hashlib.sha256(image.tobytes()).digest()
        if digest not in seen:
            seen.add(digest)
            found.append(index)
    return torch.tensor(found, dtype=torch.int64)


def _nearest(rows: Tensor, real: Tensor, first: int | None = None) -> tuple[Tensor, Tensor]:
    """Distance [n] to the nearest of `real` [M, D] and its index; where row i is `real[first + i]`, to another."""
    distances = torch.cdist(rows, real, compute_mode="use_mm_for_euclid_dist")
    if first is not None:
        own = torch.arange(len(rows))
        distances[own, own + first] = math.inf
    nearest = distances.argmin(dim=1)
    # Again without the product, which is fast and right enough to find it, but loses its digits near a copy.
    return (rows - real[nearest]).norm(dim=1), nearest
