"""Which real images a score compares with: the same in every evaluation and every run on one data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


class RealImages(Protocol):
    """What evaluation needs of a data set's decoded images; the data layer's store has it."""

    @property
    def name(self) -> str:
        """Of the data set, for the protocol."""

    @property
    def fingerprint(self) -> str:
        """Changes when any image does."""

    @property
    def images(self) -> NDArray[np.uint8] | NDArray[np.float32]:
        """[N, H, W, C] uint8, in memory or mapped from disk; points: [N, 1, 1, dim] float32."""

    @property
    def labels(self) -> NDArray[np.int64] | None:
        """[N], or None."""


def choose(available: int, wanted: int) -> NDArray[np.int64]:
    """Indices, ascending, of the first `wanted` of a fixed random order of `available` images, or of all.

    RandomState, because numpy promises that its stream never changes; ascending, for images mapped from disk.
    """
    order: NDArray[np.int64] = np.random.RandomState(0).permutation(available).astype(np.int64)
    return np.sort(order[:wanted])


def load(store: RealImages, indices: NDArray[np.int64]) -> tuple[Tensor, Tensor | None]:
    """Images [N, C, H, W] uint8, or points [N, dim, 1, 1] float32, and labels [N] int64, or None, at `indices` [N]."""
    import torch

    images = torch.from_numpy(np.ascontiguousarray(store.images[indices])).permute(0, 3, 1, 2).contiguous()
    labels = None if store.labels is None else torch.from_numpy(np.asarray(store.labels[indices], dtype=np.int64))
    return images, labels
