"""The settings of FastGAN's two networks."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class FastGANGeneratorConfig(GeneratorConfig):
    """Settings of FastGAN's generator."""

    latent_dim: int = Field(default=256, ge=1, le=65536)
    """Length of a latent vector."""
    width: int = Field(default=64, ge=8, le=1024)
    """Channels at 128 px: 16 times as many at 4 px, half as many at 256 px."""


class FastGANDiscriminatorConfig(DiscriminatorConfig):
    """Settings of FastGAN's discriminator."""

    width: int = Field(default=64, ge=8, le=1024)
    """Channels at 64 px: 8 times as many at 8 px, half as many at 128 px."""
