"""FastGAN: for few images (Liu et al. 2021), as a plugin.

| choice | here | the paper and its code |
|---|---|---|
| G | nearest neighbours, 3 x 3, batch norm, GLU; every other stage with a second convolution and noise | the same |
| skip-layer excitation | 4 px gates 64 px, 8 px 128 px ...; at 32 px, 4 px gates 32 px | the same from 64 px up |
| G's second image | none: D halves the image itself | at 128 px, from features of its own |
| D | two ways down to 8 px, 5 x 5 logits each, excitation | the same |
| decoders | from 8 px of each way and from a quarter of 16 px; L1 | the same; LPIPS |
| loss | hinge | hinge with a random margin between 0.8 and 1 |
| augmentation | `diff-augment`, colour and translation | the same |
| normalisation | spectral in all convolutions, batch norm in both | the same |
| Adam | 2e-4, beta1 0.5, batches of 8 (preset `paper`) | the same |

Its method are two strategies, `self-reconstruction` and `diff-augment`. It makes no use of labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, BalancingSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_fastgan.config import FastGANDiscriminatorConfig, FastGANGeneratorConfig
from ganzoo_fastgan.recipe import RECIPE, SOURCE
from ganzoo_fastgan.self_reconstruction import SPEC as SELF_RECONSTRUCTION
from ganzoo_fastgan.self_reconstruction import SelfReconstructionConfig

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

__all__ = ["FastGANDiscriminatorConfig", "FastGANGeneratorConfig", "SelfReconstructionConfig"]


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `fastgan`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[FastGANGeneratorConfig]]:
    """The generator `fastgan`."""
    return [
        GeneratorSpec(
            name="fastgan",
            summary="Skip-layer excitation, gated units, noise; 32 to 1024 px",
            source=SOURCE,
            config=FastGANGeneratorConfig,
            build=_generator,
        )
    ]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[FastGANDiscriminatorConfig]]:
    """The discriminator `fastgan`."""
    return [
        DiscriminatorSpec(
            name="fastgan",
            summary="Two ways down to 8 px, and decoders of its own features; 32 to 1024 px",
            source=SOURCE,
            config=FastGANDiscriminatorConfig,
            build=_discriminator,
        )
    ]


@hookimpl
def ganzoo_balancing() -> list[BalancingSpec[SelfReconstructionConfig]]:
    """D's decoders, `self-reconstruction`."""
    return [SELF_RECONSTRUCTION]


def _generator(config: FastGANGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_fastgan.generator import FastGANGenerator

    return FastGANGenerator(config, shape)


def _discriminator(config: FastGANDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_fastgan.discriminator import FastGANDiscriminator

    return FastGANDiscriminator(config, shape)
