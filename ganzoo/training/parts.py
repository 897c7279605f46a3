"""Which images of a global batch a process, or one of its microbatches, works on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.contracts import Batch


@dataclass(frozen=True, slots=True)
class Part:
    """Images `first` ... `first + count - 1` of a batch of `of`.

    Attributes:
        first: index in the global batch: random numbers belong to it, whoever draws them.
        count: images, at least 1.
        of: images of the global batch.
    """

    first: int
    count: int
    of: int

    @property
    def rows(self) -> slice:
        """In tensors of the global batch."""
        return slice(self.first, self.first + self.count)

    @property
    def is_all(self) -> bool:
        """Nobody else has another part."""
        return self.count == self.of

    def cut(self, size: int | None) -> list[Part]:
        """Parts of at most `size` images, in order; None: itself."""
        step = size or self.count
        return [
            Part(self.first + start, min(step, self.count - start), self.of) for start in range(0, self.count, step)
        ]

    def from_(self, batch: Batch, of: Part) -> Batch:
        """These images out of a batch that holds those of the part `of`."""
        if self.count == of.count:
            return batch
        rows = slice(self.first - of.first, self.first - of.first + self.count)
        labels, latents = (None if value is None else value[rows] for value in (batch.labels, batch.latents))
        return Batch(batch.images[rows], labels, latents)

    def among(self, everyones: Tensor, own: Tensor) -> Tensor:
        """`everyones` with `own` in its place: gradients flow into these alone.

        Args:
            everyones: [of, ...]; fewer where several images are judged as one.
            own: [count, ...], likewise.
        """
        if self.is_all:
            return own
        first = self.first * len(own) // self.count
        return torch.cat([everyones[:first], own, everyones[first + len(own) :]])


def joined(batches: list[Batch]) -> Batch:
    """Parts put together, in order."""
    if len(batches) == 1:
        return batches[0]
    images = torch.cat([batch.images for batch in batches])
    labels = [batch.labels for batch in batches if batch.labels is not None]
    latents = [batch.latents for batch in batches if batch.latents is not None]
    return Batch(images, torch.cat(labels) if labels else None, torch.cat(latents) if latents else None)
