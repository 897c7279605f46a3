"""The settings of the two dense networks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class MLPGeneratorConfig(GeneratorConfig):
    """Settings of the dense generator."""

    latent_dim: int = Field(default=32, ge=1, le=65536)
    """Length of a latent vector."""
    width: int = Field(default=128, ge=1, le=8192)
    """Units of each hidden layer."""
    depth: int = Field(default=3, ge=1, le=16)
    """Hidden layers."""
    norm: Literal["none", "batch"] = "none"
    """Normalisation of each hidden layer."""


class MLPDiscriminatorConfig(DiscriminatorConfig):
    """Settings of the dense discriminator."""

    width: int = Field(default=128, ge=1, le=8192)
    """Units of each hidden layer."""
    depth: int = Field(default=3, ge=1, le=16)
    """Hidden layers."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of activations left out after each hidden layer while training; 0: none."""
