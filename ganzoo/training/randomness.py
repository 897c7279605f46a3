"""Every random number is a function of (seed, purpose, step, image): a resumed run draws what the first one drew."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from ganzoo.contracts import Draws


def key(seed: int, *purpose: object) -> int:
    """A 63-bit seed of its own for each purpose."""
    text = "/".join(map(str, (seed, *purpose)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1


def seed_layers(device: torch.device, seed: int, *purpose: object) -> None:
    """Seed the device's default generator, from which random layers (dropout, noise) draw.

    Not `torch.manual_seed`: without a GPU that formats a stack trace at each call, for a GPU that may come later.
    """
    number = key(seed, "layers", *purpose)
    if device.type == "cuda":  # not run where this was written
        torch.cuda.manual_seed(number)
    elif device.type == "mps":  # likewise
        torch.mps.manual_seed(number)
    else:
        torch.default_generator.manual_seed(number)


class KeyedDraws(Draws):
    """Draws for the whole global batch on the CPU, in float32, whatever the device: the same numbers everywhere.

    Args:
        seed: of the run.
        purpose: what they are for.
        count: images of the global batch.
        device: where they go.
        rows: those of this process, or of its microbatch; by default all.
    """

    def __init__(
        self,
        seed: int,
        purpose: tuple[object, ...],
        count: int,
        device: torch.device,
        rows: slice = slice(None),
    ) -> None:
        self._seed = seed
        self._purpose = purpose
        self._count = count
        self._device = device
        self._rows = rows
        self._calls = 0

    def named(self, purpose: str) -> KeyedDraws:
        """Independent draws for a sub-purpose."""
        return KeyedDraws(self._seed, (*self._purpose, purpose), self._count, self._device, self._rows)

    def uniform(self, *shape: int) -> Tensor:
        """[N, *shape] on [0, 1)."""
        return torch.rand(self._count, *shape, generator=self._generator())[self._rows].to(self._device)

    def normal(self, *shape: int) -> Tensor:
        """[N, *shape], standard normal."""
        return torch.randn(self._count, *shape, generator=self._generator())[self._rows].to(self._device)

    def integers(self, high: int, *shape: int) -> Tensor:
        """[N, *shape] in 0 ... high - 1."""
        drawn = torch.randint(high, (self._count, *shape), generator=self._generator())
        return drawn[self._rows].to(self._device)

    def _generator(self) -> torch.Generator:
        self._calls += 1
        return torch.Generator().manual_seed(key(self._seed, *self._purpose, self._calls))
