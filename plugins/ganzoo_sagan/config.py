"""The settings of SAGAN's two networks."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class SAGANGeneratorConfig(GeneratorConfig):
    """Settings of SAGAN's generator."""

    latent_dim: int = Field(default=128, ge=1, le=65536)
    """Length of a latent vector."""
    width: int = Field(default=64, ge=1, le=1024)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=16, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`."""
    attention_size: int = Field(default=16, ge=4, le=128)
    """Pixels of the features over which self-attention looks: a power of two; 32 in the paper, at 128 px."""


class SAGANDiscriminatorConfig(DiscriminatorConfig):
    """Settings of SAGAN's discriminator."""

    width: int = Field(default=64, ge=1, le=1024)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=16, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`."""
    attention_size: int = Field(default=16, ge=4, le=128)
    """Pixels of the features over which self-attention looks: a power of two, at most half of the image; 32 in the
    paper, at 128 px."""
