"""The settings of pocket's two networks. The text below a setting is what `ganzoo show` prints."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class PocketGeneratorConfig(GeneratorConfig):
    """Settings of pocket's generator."""

    latent_dim: int = Field(default=32, ge=1, le=4096)
    """Length of a latent vector."""
    width: int = Field(default=64, ge=1, le=4096)
    """Units of the hidden layer."""


class PocketDiscriminatorConfig(DiscriminatorConfig):
    """Settings of pocket's discriminator."""

    width: int = Field(default=64, ge=1, le=4096)
    """Units of the hidden layer."""
