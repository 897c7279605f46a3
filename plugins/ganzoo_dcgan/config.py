"""The settings of DCGAN's two networks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class DCGANGeneratorConfig(GeneratorConfig):
    """Settings of DCGAN's generator."""

    latent_dim: int = Field(default=100, ge=1, le=65536)
    """Length of a latent vector."""
    width: int = Field(default=64, ge=1, le=1024)
    """Channels at the widest-resolution layer; doubled at each halving of the resolution, up to eightfold."""


class DCGANDiscriminatorConfig(DiscriminatorConfig):
    """Settings of DCGAN's discriminator."""

    width: int = Field(default=64, ge=1, le=1024)
    """Channels at the widest-resolution layer; doubled at each halving of the resolution, up to eightfold."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of activations left out after each stage while training; 0: none, as in the paper."""
    norm: Literal["batch", "none"] = "batch"
    """Normalisation after every stage but the first. Batch norm ties the images of a batch together;
    penalties on the gradient at one image (R1, R2, WGAN-GP) want none."""
