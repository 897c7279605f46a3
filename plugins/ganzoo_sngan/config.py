"""The settings of SNGAN's two networks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class SNGANGeneratorConfig(GeneratorConfig):
    """Settings of SNGAN's generator."""

    latent_dim: int = Field(default=128, ge=1, le=65536)
    """Length of a latent vector."""
    width: int = Field(default=256, ge=1, le=2048)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=1, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`: 1 for CIFAR-10, 16 for ImageNet."""


class SNGANDiscriminatorConfig(DiscriminatorConfig):
    """Settings of SNGAN's discriminator."""

    width: int = Field(default=128, ge=1, le=2048)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=1, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`: 1 for CIFAR-10, 16 for ImageNet."""
    coarsest: Literal[4, 8] = 8
    """Pixels at which the halving stops: 8 for CIFAR-10, 4 for ImageNet."""
    more_blocks: int = Field(default=2, ge=0, le=16)
    """Blocks after the last halving: 2 for CIFAR-10, 1 for ImageNet."""
    spectral_norm: bool = True
    """Each layer divided by its largest singular value. Without it this is a plain ResNet."""
