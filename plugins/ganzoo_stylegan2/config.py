"""The settings of StyleGAN2's two networks."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig


class StyleGAN2GeneratorConfig(GeneratorConfig):
    """Settings of StyleGAN2's generator."""

    latent_dim: int = Field(default=512, ge=1, le=65536)
    """Length of a latent vector."""
    style_dim: int = Field(default=512, ge=1, le=4096)
    """Length of a style, what the mapping network makes of the latents."""
    mapping_layers: int = Field(default=8, ge=1, le=16)
    """Layers of the mapping network."""
    width: int = Field(default=32, ge=1, le=1024)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=16, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`."""
    noise: bool = True
    """Noise added in each layer: random while training, the same for every image afterwards."""
    style_mixing: float = Field(default=0.9, ge=0, le=1)
    """While training, the share of images whose finer layers follow the style of other latents."""


class StyleGAN2DiscriminatorConfig(DiscriminatorConfig):
    """Settings of StyleGAN2's discriminator."""

    width: int = Field(default=32, ge=1, le=1024)
    """Channels at the finest stage; doubled at each halving of the resolution, up to `growth` times as many."""
    growth: int = Field(default=16, ge=1, le=64)
    """Channels of the coarsest stages, in multiples of `width`."""
    filtered: bool = True
    """Images are filtered by 1, 3, 3, 1 before they are halved. Off: D sees the finest detail, and learns sooner."""
    group_size: int = Field(default=4, ge=1, le=64)
    """Images whose spread D is shown (minibatch standard deviation); 1: none. A batch is a multiple of it."""
