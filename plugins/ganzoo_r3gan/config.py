"""The settings of R3GAN's two networks."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class R3GANGeneratorConfig(GeneratorConfig):
    """Settings of R3GAN's generator."""

    latent_dim: int = Field(default=64, ge=1, le=65536)
    """Length of a latent vector."""
    width: int = Field(default=384, ge=8, le=4096)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=2, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`."""
    blocks: int = Field(default=2, ge=1, le=16)
    """Residual blocks at each resolution."""
    expansion: int = Field(default=2, ge=1, le=8)
    """Channels inside a block, in multiples of the channels around it."""
    group_width: int = Field(default=16, ge=1, le=4096)
    """Channels of each group of a block's 3 x 3 convolution."""


class R3GANDiscriminatorConfig(DiscriminatorConfig):
    """Settings of R3GAN's discriminator."""

    width: int = Field(default=384, ge=8, le=4096)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=2, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`."""
    blocks: int = Field(default=2, ge=1, le=16)
    """Residual blocks at each resolution."""
    expansion: int = Field(default=2, ge=1, le=8)
    """Channels inside a block, in multiples of the channels around it."""
    group_width: int = Field(default=16, ge=1, le=4096)
    """Channels of each group of a block's 3 x 3 convolution."""
