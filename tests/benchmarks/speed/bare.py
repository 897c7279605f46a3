"""DCGAN's step as a bare script, every lever of speed apart: nothing is decided, recorded or checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from making import BATCH, networks_of
from textbook import BETAS, LEARNING_RATE, images_of
from torch import Tensor
from torch.nn.functional import softplus

from ganzoo.data.store import ImageStore
from ganzoo.training.ema import AveragedWeights
from ganzoo.training.precision import choose_arithmetic


@dataclass(frozen=True)
class Levers:
    """What makes the step faster, on or off. `Levers()` is the textbook's step."""

    bf16: bool = False
    channels_last: bool = False
    fused_adam: bool = False
    frozen_d: bool = False
    one_backward: bool = False
    reused_fakes: bool = True
    images_in_memory: bool = False
    numbers_once_a_tick: bool = False


FAST_BF16 = choose_arithmetic("cpu", "auto").autocast is not None
"""Whether this machine multiplies bf16 in hardware; emulated, a step takes a hundred times as long."""
HERE = tuple(lever.name for lever in fields(Levers) if FAST_BF16 or lever.name != "bf16")
"""The levers that this machine has."""
ALL = Levers(**dict.fromkeys(HERE, True))


class BareLoop:
    """Call it for one step.

    Args:
        levers: how it is done.
        store: decoded images.
        folder: the same as files.
        width: of both networks.
        average: keep an average of G's weights too, which the textbook does not.
    """

    def __init__(self, levers: Levers, store: ImageStore, folder: Path, width: int, *, average: bool = False) -> None:
        self.levers = levers
        self.generator, self.discriminator = networks_of(store.shape.size, width)
        self.layout = torch.channels_last if levers.channels_last else torch.contiguous_format
        for network in (self.generator, self.discriminator):
            network.to(memory_format=self.layout)
        adam = {"lr": LEARNING_RATE, "betas": BETAS, "fused": levers.fused_adam}
        self.optimizer_d = torch.optim.Adam(self.discriminator.parameters(), **adam)
        self.optimizer_g = torch.optim.Adam(self.generator.parameters(), **adam)
        self.average = AveragedWeights(self.generator, 0.99) if average else None
        self.reals = in_memory(store) if levers.images_in_memory else images_of(folder, BATCH)

    def __call__(self) -> None:
        levers = self.levers
        real = next(self.reals).contiguous(memory_format=self.layout)
        self.optimizer_d.zero_grad()
        loss_real = self.judge(real, sign=-1)
        if not levers.one_backward:
            loss_real.backward()
        with torch.set_grad_enabled(levers.reused_fakes):
            fake = self.draw()
        loss_fake = self.judge(fake.detach(), sign=1)
        (loss_real + loss_fake if levers.one_backward else loss_fake).backward()
        self.optimizer_d.step()

        if not levers.reused_fakes:
            fake = self.draw()
        self.optimizer_g.zero_grad()
        self.discriminator.requires_grad_(not levers.frozen_d)
        loss_g = self.judge(fake, sign=-1)
        loss_g.backward()
        self.discriminator.requires_grad_(True)
        self.optimizer_g.step()
        if self.average is not None:
            self.average.update(self.generator)
        if not levers.numbers_once_a_tick:
            _ = (loss_real + loss_fake).item(), loss_g.item()

    def draw(self) -> Tensor:
        """Fakes in float32."""
        with self._arithmetic():
            images: Tensor = self.generator(torch.randn(BATCH, self.generator.latent_dim))
        return images.float()

    def judge(self, images: Tensor, sign: int) -> Tensor:
        """The cross entropy of D's logits: sign -1 for the label real, 1 for fake."""
        with self._arithmetic():
            logits = self.discriminator(images).logits
        return softplus(sign * logits.float()).mean()

    def _arithmetic(self) -> torch.autocast | nullcontext[None]:
        return torch.autocast("cpu", dtype=torch.bfloat16) if self.levers.bf16 else nullcontext()


def in_memory(store: ImageStore) -> Iterator[Tensor]:
    """Random batches of decoded images."""
    random = np.random.default_rng(0)
    while True:
        rows = store.images[random.integers(len(store), size=BATCH)]
        yield torch.from_numpy(rows).permute(0, 3, 1, 2).to(torch.float32).div_(127.5).sub_(1.0)


def one_after_the_other(step: Callable[[], object], count: int) -> Callable[[], None]:
    """`count` steps as one call."""

    def steps() -> None:
        for _ in range(count):
            step()

    return steps
