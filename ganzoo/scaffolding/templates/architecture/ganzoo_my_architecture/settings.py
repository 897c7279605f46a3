"""The settings of my-architecture's networks. The text below a setting is what `ganzoo show` prints."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class MyArchitectureGeneratorConfig(GeneratorConfig):
    """Settings of the generator."""

    latent_dim: int = Field(default=64, ge=1, le=4096)
    """Length of a latent vector."""
    width: int = Field(default=32, ge=1, le=1024)
    """Channels at the widest-resolution layer; doubled at each halving of the resolution, up to eightfold."""


class MyArchitectureDiscriminatorConfig(DiscriminatorConfig):
    """Settings of the discriminator."""

    width: int = Field(default=32, ge=1, le=1024)
    """Channels at the widest-resolution layer; doubled at each halving of the resolution, up to eightfold."""
