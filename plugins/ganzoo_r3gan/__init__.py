"""R3GAN: the modern baseline of Huang, Gokaslan, Kuleshov & Tompkin 2024, as a plugin.

A GAN without tricks: a loss that provably converges locally (relativistic, with zero-centred penalties at reals and at
fakes), and two plain ResNets that mirror one another. What others add (mapping networks, noise, minibatch statistics,
normalisation) it leaves out.

| choice | here | the paper and its code |
|---|---|---|
| block | 1 x 1 to twice the channels, grouped 3 x 3, 1 x 1 back; two leaky ReLUs with biases | the same |
| groups | 16 channels each | 16 (32 for ImageNet) |
| weights at the start | fix-up: last layer of each block 0, the others scaled by L^(-1/4) | the same |
| resampling | bilinear: interpolation up, means of 2 x 2 down | the filter 1, 2, 1 up and down |
| 4 px | a learnt basis, weighted by the latents | the same |
| labels | embedded; with the latents in G, by a product in D | the same |
| rate, gamma, beta2, average | cosines over the images seen | the same |
| augmentation | none | non-leaking, probability 0 to 0.3 (FFHQ), 0.55 (CIFAR) |
| images | not squashed at the end | the same |

The preset `paper` is the published setting for FFHQ at 64 px, without the augmentation, for the 20 million images over
which the schedules move; the paper trains on. For CIFAR-10 they have
width 768 (`growth` 1), gamma 0.05, half-life 5,000 kimg; for FFHQ at 256 px width 96 (`growth` 8), gamma 150.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_r3gan.config import R3GANDiscriminatorConfig, R3GANGeneratorConfig
from ganzoo_r3gan.recipe import RECIPE, SOURCE

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

__all__ = ["R3GANDiscriminatorConfig", "R3GANGeneratorConfig"]


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `r3gan`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[R3GANGeneratorConfig]]:
    """The generator `r3gan`."""
    return [
        GeneratorSpec(
            name="r3gan",
            summary="Residual blocks with grouped convolutions, no normalisation, bilinear upsampling; 8 to 512 px",
            source=SOURCE,
            config=R3GANGeneratorConfig,
            build=_generator,
        )
    ]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[R3GANDiscriminatorConfig]]:
    """The discriminator `r3gan`."""
    return [
        DiscriminatorSpec(
            name="r3gan",
            summary="Residual blocks with grouped convolutions, no normalisation, halved to 4 px; 8 to 512 px",
            source=SOURCE,
            config=R3GANDiscriminatorConfig,
            build=_discriminator,
        )
    ]


def _generator(config: R3GANGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_r3gan.networks import R3GANGenerator

    return R3GANGenerator(config, shape)


def _discriminator(config: R3GANDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_r3gan.networks import R3GANDiscriminator

    return R3GANDiscriminator(config, shape)
