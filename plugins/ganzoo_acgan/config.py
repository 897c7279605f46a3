"""The settings of AC-GAN's two networks."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class ACGANGeneratorConfig(GeneratorConfig):
    """Settings of AC-GAN's generator."""

    latent_dim: int = Field(default=100, ge=1, le=65536)
    """Length of a latent vector; the label joins it as one-hot numbers."""
    width: int = Field(default=96, ge=1, le=1024)
    """Channels at the finest hidden stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=4, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`."""


class ACGANDiscriminatorConfig(DiscriminatorConfig):
    """Settings of AC-GAN's discriminator."""

    width: int = Field(default=16, ge=1, le=1024)
    """Channels of the first convolution; doubled in each further one, up to `growth` times as many."""
    growth: int = Field(default=32, ge=1, le=256)
    """Channels of the last convolutions, in multiples of `width`."""
    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Share of activations left out after each convolution while training."""
