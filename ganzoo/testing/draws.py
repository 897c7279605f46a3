"""Random numbers for tests: a function of the seed and the purpose, on the CPU."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from ganzoo.contracts import Draws


class SeededDraws(Draws):
    """Draws for one batch. The same arguments give the same numbers; two calls on one object differ.

    Args:
        images: N, the first axis of every result.
        seed: any integer.
        purpose: part of the seed; `named` extends it.
        device: where the numbers are; they are drawn on the CPU.
    """

    def __init__(self, images: int, seed: int = 0, purpose: str = "", device: str = "cpu") -> None:
        self.images = images
        self.seed = seed
        self.purpose = purpose
        self.device = device
        digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
        self._generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))

    def named(self, purpose: str) -> SeededDraws:
        """Independent draws for a sub-purpose."""
        return SeededDraws(self.images, self.seed, f"{self.purpose}/{purpose}", self.device)

    def uniform(self, *shape: int) -> Tensor:
        """[N, *shape], uniform on [0, 1), float32."""
        return torch.rand((self.images, *shape), generator=self._generator).to(self.device)

    def normal(self, *shape: int) -> Tensor:
        """[N, *shape], standard normal, float32."""
        return torch.randn((self.images, *shape), generator=self._generator).to(self.device)

    def integers(self, high: int, *shape: int) -> Tensor:
        """[N, *shape], uniform on 0 ... high - 1, int64."""
        return torch.randint(high, (self.images, *shape), generator=self._generator).to(self.device)
