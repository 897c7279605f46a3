"""Real images in the order of training: a function of the seed and of how many were seen before."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganzoo.contracts.batch import Batch
from ganzoo.data.mapping import Resident

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.data.store import ImageStore

ORDER, FLIP = 1, 2
"""Purposes that keep the streams of one seed apart."""

WORDS_A_BLOCK = 4
"""Of Philox 4x64, a counter (Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3")."""


def epoch_order(seed: int, count: int, epoch: int) -> NDArray[np.int64]:
    """A permutation of 0 ... count - 1, [count] int64, a function of the arguments alone.

    Sorting raw Philox words, which numpy promises never to change, unlike `Generator.permutation`.
    """
    words = np.random.Philox(np.random.SeedSequence([seed, ORDER, epoch])).random_raw(count)
    return np.argsort(words, kind="stable")


def flips(seed: int, start: int, count: int) -> NDArray[np.bool_]:
    """[count]: which of images start ... start + count - 1 are mirrored, each with probability 1/2."""
    key = np.random.SeedSequence([seed, FLIP]).generate_state(2, np.uint64)
    first, offset = divmod(start, WORDS_A_BLOCK)
    words = np.random.Philox(key=key, counter=first).random_raw(offset + count)
    return np.asarray(words[offset:] >> np.uint64(63), dtype=np.bool_)


class Batches:
    """Serves a store's images: number k of the stream is `epoch_order(seed, n, k // n)[k % n]` of those served.

    A batch may span epochs, so nothing is dropped, and a store smaller than a batch works.

    Args:
        store: the images.
        seed: of the run.
        device: where batches go.
        horizontal_flip: mirror each image with probability 1/2, anew every epoch.
        only: indices [n] of the store's images to serve; None: all.
    """

    def __init__(
        self,
        store: ImageStore,
        seed: int,
        device: torch.device | str = "cpu",
        *,
        horizontal_flip: bool = False,
        only: NDArray[np.int64] | None = None,
    ) -> None:
        self._seed = seed
        self._device = torch.device(device)
        self._horizontal_flip = horizontal_flip
        self._only = np.arange(len(store)) if only is None else only
        self._count = len(self._only)
        self._images = store.images
        self._resident = Resident(store.images)
        self._labels = store.labels
        # This epoch's order and the one before or after it, for batches across their border.
        self._order = lru_cache(maxsize=2)(lambda epoch: epoch_order(seed, len(self._only), epoch))

    def take(self, start: int, count: int) -> Batch:
        """Images start ... start + count - 1 of the stream.

        Args:
            start: real images taken before, 0 at the beginning of training.
            count: at least 1.

        Returns:
            images [count, C, H, W] float32 in [-1, 1], channels last in memory, or points [count, dim, 1, 1] as they
            are; labels [count] int64 or None.
        """
        chosen = self._chosen(start, count)
        # By numpy, which copies row by row: torch's index_select of bytes took a tenth of a training step.
        rows = self._images[chosen]
        self._resident.read(rows.nbytes)
        if self._horizontal_flip:
            mirrored = flips(self._seed, start, count)
            rows[mirrored] = rows[mirrored][:, :, ::-1]
        labels = None if self._labels is None else self._moved(torch.from_numpy(self._labels[chosen]))
        images = self._moved(torch.from_numpy(rows)).permute(0, 3, 1, 2)
        if images.dtype == torch.uint8:
            # Moved as bytes, converted there. The division is exact at both ends: 0 is -1, 255 is 1.
            images = images.to(torch.float32).div_(127.5).sub_(1.0)
        return Batch(images=images.contiguous(memory_format=torch.channels_last), labels=labels)

    def _chosen(self, start: int, count: int) -> NDArray[np.int64]:
        """[count]: numbers of images in the store."""
        parts = []
        position, end = start, start + count
        while position < end:
            epoch, offset = divmod(position, self._count)
            part = self._order(epoch)[offset : offset + end - position]
            parts.append(part)
            position += len(part)
        return self._only[parts[0] if len(parts) == 1 else np.concatenate(parts)]

    def _moved(self, tensor: torch.Tensor) -> torch.Tensor:
        if self._device.type != "cuda":
            return tensor.to(self._device)
        # Not run where this was written, which has no GPU: pinned memory lets the copy overlap.
        return tensor.pin_memory().to(self._device, non_blocking=True)
