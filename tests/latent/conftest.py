"""Generators whose answers are known."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from ganzoo.contracts import Generator, ImageShape


class Linear(Generator):
    """images = A style + b, 4 x 4 px of one channel; the style is the latents, and with labels the label's number."""

    def __init__(self, latent_dim: int, num_classes: int | None = None) -> None:
        super().__init__(ImageShape(4, 1, num_classes), latent_dim)
        extra = 0 if num_classes is None else 1
        draws = torch.Generator().manual_seed(0)
        self.matrix = nn.Parameter(torch.randn(16, latent_dim + extra, generator=draws) / 20)

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return latents if labels is None else torch.cat([latents, labels[:, None].float()], dim=1)

    def synthesise(self, style: Tensor) -> Tensor:
        return (style @ self.matrix.T).unflatten(1, (1, 4, 4))


class Mapped(Linear):
    """The style is [3, latent_dim], the latents squeezed by a fixed matrix and moved, the same in all three rows."""

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        scales = torch.linspace(0.1, 2.0, self.latent_dim)
        return (latents * scales + 5.0)[:, None].expand(-1, 3, -1)

    def synthesise(self, style: Tensor) -> Tensor:
        return super().synthesise(style.mean(dim=1))


@pytest.fixture
def linear() -> Linear:
    return Linear(6).eval()


@pytest.fixture
def labelled() -> Linear:
    return Linear(6, num_classes=3).eval()


@pytest.fixture
def mapped() -> Mapped:
    return Mapped(6).eval()
