"""SAGAN: the residual networks of SNGAN with self-attention (Zhang et al. 2019), as a plugin.

| choice | here | the paper and its code |
|---|---|---|
| attention | f, g, h an eighth of the channels, gamma begins at 0 | paper the same; code: h half, keys pooled |
| where | `attention_size`, once in each network | at 32 px of 128 |
| spectral norm | convolutions, linear layers and embeddings of both networks | the same |
| conditional | batch norm in G, projection in D; without labels plain | the same, always with labels |
| rates | 1e-4 and 4e-4 (preset `paper`), betas 0 and 0.9, one update each | the same |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_sagan.config import SAGANDiscriminatorConfig, SAGANGeneratorConfig
from ganzoo_sagan.recipe import RECIPE, SOURCE

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

__all__ = ["SAGANDiscriminatorConfig", "SAGANGeneratorConfig"]


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `sagan`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[SAGANGeneratorConfig]]:
    """The generator `sagan`."""
    return [
        GeneratorSpec(
            name="sagan",
            summary="ResNet with self-attention and spectral norm; 16 to 256 px",
            source=SOURCE,
            config=SAGANGeneratorConfig,
            build=_generator,
        )
    ]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[SAGANDiscriminatorConfig]]:
    """The discriminator `sagan`."""
    return [
        DiscriminatorSpec(
            name="sagan",
            summary="ResNet with self-attention and spectral norm, projection of labels; 16 to 256 px",
            source=SOURCE,
            config=SAGANDiscriminatorConfig,
            build=_discriminator,
        )
    ]


def _generator(config: SAGANGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_sagan.networks import SAGANGenerator

    return SAGANGenerator(config, shape)


def _discriminator(config: SAGANDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_sagan.networks import SAGANDiscriminator

    return SAGANDiscriminator(config, shape)
