"""SNGAN: ResNets with spectral norm and hinge loss (Miyato et al. 2018), and their conditional form, as a plugin.

The conditional form is that of Miyato & Koyama 2018: batch norm of G has a scale and a shift for each label, D's logit
is joined by the product of its features with an embedding of the label. Both are one pair of networks here, built with
labels or without.

| choice | here | the papers and their code (CIFAR-10) |
|---|---|---|
| G | 4 px, blocks that double the size, width 256 throughout | the same |
| D | two blocks that halve, two that do not, width 128 throughout; sum over positions | the same |
| spectral norm | convolutions, linear layer, label embedding of D; one power iteration | the same |
| weights at the start | Glorot uniform, times the root of 2 inside blocks | the same |
| Adam | rate 2e-4 falling to 0, betas 0 and 0.9 (preset `paper`) | the same |
| updates of D for one of G | 5 (preset `paper`), 1 elsewhere | 5 |
| batch of G | as D's, 64 | twice D's, 128 |

At other sizes the networks grow as for ImageNet (their table 5): `growth` 16, `coarsest` 4, one more block. A 1 x 1
convolution and nearest-neighbour upsampling commute, as do it and the mean of 2 x 2: here it comes where it is cheaper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_sngan.config import SNGANDiscriminatorConfig, SNGANGeneratorConfig
from ganzoo_sngan.recipe import CGAN_PROJECTION, SNGAN, SOURCE

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

__all__ = ["SNGANDiscriminatorConfig", "SNGANGeneratorConfig"]


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipes `sngan` and `cgan-projection`."""
    return [SNGAN, CGAN_PROJECTION]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[SNGANGeneratorConfig]]:
    """The generator `sngan`."""
    return [
        GeneratorSpec(
            name="sngan",
            summary="ResNet with batch norm, conditional where there are labels; 16 to 256 px",
            source=SOURCE,
            config=SNGANGeneratorConfig,
            build=_generator,
        )
    ]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[SNGANDiscriminatorConfig]]:
    """The discriminator `sngan`."""
    return [
        DiscriminatorSpec(
            name="sngan",
            summary="ResNet with spectral norm, projection where there are labels; 16 to 256 px",
            source=SOURCE,
            config=SNGANDiscriminatorConfig,
            build=_discriminator,
        )
    ]


def _generator(config: SNGANGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_sngan.networks import SNGANGenerator

    return SNGANGenerator(config, shape)


def _discriminator(config: SNGANDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_sngan.networks import SNGANDiscriminator

    return SNGANDiscriminator(config, shape)
