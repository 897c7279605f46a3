"""StyleGAN2: the style-based generator of Karras et al. 2020, as a plugin, in PyTorch's own operators.

| choice | here | the paper and its code (config F) |
|---|---|---|
| mapping network | dense layers at a hundredth of the rate | the same, 8 layers of 512 |
| modulation | images scaled before the convolution and after it | weights scaled for each image: the same function |
| G | skips: each stage adds its colours | the same |
| D | residual; minibatch standard deviation over 4 | the same; there group members lie apart, here side by side |
| resampling | filter 1, 3, 3, 1 | the same, but after the transposed convolution: another result at the borders only |
| filter before D halves | on; off in the preset `tiny`: faces come sooner | on; its code can leave it out |
| style mixing | 0.9 of the images, each from a layer of its own | 0.9 of the batches |
| noise | as in the paper (presets `small` and `paper`); off in the rest, which is over before it pays | on |
| R1, path length | lazily, in every 16th and 8th step | the same, as optimiser steps of their own with adjusted Adam |
| penalties of the preset `tiny` | R1 and R2 in every step, both falling; no path length | |
| average of G | half-life 10 kimg (presets `small` and `paper`) | the same |
| truncation | none | none in training |
| labels | embedded; joined with the latents in G, by a product in D | none; later code: the same in G |

Nothing squashes G's images; they are clipped where they are shown and scored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, BalancingSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_stylegan2.config import StyleGAN2DiscriminatorConfig, StyleGAN2GeneratorConfig
from ganzoo_stylegan2.path_length import SPEC as PATH_LENGTH
from ganzoo_stylegan2.path_length import PathLengthConfig
from ganzoo_stylegan2.recipe import RECIPE, SOURCE

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

__all__ = ["PathLengthConfig", "StyleGAN2DiscriminatorConfig", "StyleGAN2GeneratorConfig"]


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `stylegan2`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[StyleGAN2GeneratorConfig]]:
    """The generator `stylegan2`."""
    return [
        GeneratorSpec(
            name="stylegan2",
            summary="Mapping network, modulated convolutions, noise, skips; 8 to 1024 px",
            source=SOURCE,
            config=StyleGAN2GeneratorConfig,
            build=_generator,
        )
    ]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[StyleGAN2DiscriminatorConfig]]:
    """The discriminator `stylegan2`."""
    return [
        DiscriminatorSpec(
            name="stylegan2",
            summary="Residual blocks, minibatch standard deviation; 8 to 1024 px",
            source=SOURCE,
            config=StyleGAN2DiscriminatorConfig,
            build=_discriminator,
        )
    ]


@hookimpl
def ganzoo_balancing() -> list[BalancingSpec[PathLengthConfig]]:
    """The penalty `path-length`."""
    return [PATH_LENGTH]


def _generator(config: StyleGAN2GeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_stylegan2.generator import StyleGAN2Generator

    return StyleGAN2Generator(config, shape)


def _discriminator(config: StyleGAN2DiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_stylegan2.discriminator import StyleGAN2Discriminator

    return StyleGAN2Discriminator(config, shape)
