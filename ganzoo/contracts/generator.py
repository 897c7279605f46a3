"""The network that makes images."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn

from ganzoo.contracts.batch import ImageShape


class Generator(nn.Module, ABC):
    """latents [N, latent_dim], labels [N] or None -> images [N, C, H, W] in [-1, 1].

    Split in two where the architecture has two halves (path length, projection and directions work on the style);
    an architecture with one half implements `synthesise` alone and its style is the latents.

    An architecture without a squashing function at its end says `bounded = False`: its images may stray beyond
    [-1, 1], which D sees, and are clipped where they are shown and scored.

    Random layers draw from torch's default generator, which the step seeds for each role. In eval() the forward is
    deterministic.

    Args:
        shape: what the images look like.
        latent_dim: length of a latent vector.
    """

    bounded: ClassVar[bool] = True

    def __init__(self, shape: ImageShape, latent_dim: int) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.image_size = shape.size
        self.channels = shape.channels
        self.num_classes = shape.num_classes

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> style [N, ...]. By default the latents themselves."""
        return latents

    @abstractmethod
    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, ...] as `embed` gives it -> images [N, C, H, W] in [-1, 1]."""

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> images [N, C, H, W] in [-1, 1]."""
        return self.synthesise(self.embed(latents, labels))
