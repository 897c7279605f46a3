"""The yardstick: DCGAN's training step as everyone copies it from PyTorch's example.

float32, contiguous memory; two backwards for D, first on reals, then on fakes; G's backward through a D that is not
frozen; binary cross entropy on sigmoids; Adam as constructed by default; three numbers read with `.item()` every step;
a folder of PNGs decoded by PIL in a `DataLoader`. The networks are ganzoo's, so that both loops do the same mathematics
from the same weights.

Source: the DCGAN example of the PyTorch project (pytorch/examples, dcgan/main.py), its step and its settings: Adam
2e-4, betas (0.5, 0.999), two workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import Compose, Normalize, ToTensor

from ganzoo.contracts import Discriminator, Generator

LEARNING_RATE, BETAS = 2e-4, (0.5, 0.999)


def images_of(folder: Path, batch_size: int, workers: int = 2) -> Iterator[Tensor]:
    """Batches [batch_size, 3, H, W] in [-1, 1], pass after pass. The images lie in folders below `folder`."""
    transform = Compose([ToTensor(), Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
    loader = DataLoader(
        ImageFolder(str(folder), transform),
        batch_size=batch_size,
        shuffle=True,
        num_workers=workers,
        drop_last=True,
        persistent_workers=workers > 0,
    )
    while True:
        for images, _ in loader:
            yield images


class TextbookLoop:
    """Call it with a batch of reals for one step.

    Args:
        generator: latents [N, latent_dim] -> images.
        discriminator: judges them; its logits go through a sigmoid.
    """

    def __init__(self, generator: Generator, discriminator: Discriminator) -> None:
        self.generator, self.discriminator = generator, discriminator
        self.criterion = nn.BCELoss()
        self.optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=LEARNING_RATE, betas=BETAS)
        self.optimizer_g = torch.optim.Adam(generator.parameters(), lr=LEARNING_RATE, betas=BETAS)

    def __call__(self, real: Tensor, latents: Tensor | None = None) -> tuple[float, float]:
        """D's and G's loss of this step.

        Args:
            real: [N, C, H, W] in [-1, 1].
            latents: [N, latent_dim]; drawn where none are given.
        """
        if latents is None:
            latents = torch.randn(len(real), self.generator.latent_dim)
        ones, zeros = torch.ones(len(real), dtype=real.dtype), torch.zeros(len(real), dtype=real.dtype)

        self.discriminator.zero_grad()
        loss_real = self.criterion(torch.sigmoid(self.discriminator(real).logits), ones)
        loss_real.backward()
        fake = self.generator(latents)
        loss_fake = self.criterion(torch.sigmoid(self.discriminator(fake.detach()).logits), zeros)
        loss_fake.backward()
        loss_d = loss_real + loss_fake
        self.optimizer_d.step()

        self.generator.zero_grad()
        loss_g = self.criterion(torch.sigmoid(self.discriminator(fake).logits), ones)
        loss_g.backward()
        self.optimizer_g.step()
        return loss_d.item(), loss_g.item()
