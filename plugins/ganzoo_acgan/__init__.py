"""AC-GAN: a discriminator that names the class, and a generator that is told it (Odena et al. 2017), as a plugin.

| choice | here | the paper (CIFAR-10, appendix A, table 2) |
|---|---|---|
| G | dense to 4 px, 5 x 5 transposed convolutions 192, 96, colours; batch norm, ReLU, tanh | the same |
| D | 3 x 3 convolutions 16 to 512, every other at half the size; batch norm, leaky ReLU 0.2, dropout 0.5 | the same |
| label in G | one-hot, beside 100 latents | the same |
| noise on D's activations | none | Gaussian, of several strengths |
| Adam | 2e-4, beta1 0.5, batches of 100 (preset `paper`) | the same |

The class loss is the strategy `auxiliary-classifier`, the recipe's method: it works with any discriminator that offers
`class_logits`. Without labels the networks are a plain GAN, and the method says what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, BalancingSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_acgan.auxiliary_classifier import SPEC as AUXILIARY_CLASSIFIER
from ganzoo_acgan.auxiliary_classifier import AuxiliaryClassifierConfig
from ganzoo_acgan.config import ACGANDiscriminatorConfig, ACGANGeneratorConfig
from ganzoo_acgan.recipe import RECIPE, SOURCE

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

__all__ = ["ACGANDiscriminatorConfig", "ACGANGeneratorConfig", "AuxiliaryClassifierConfig"]


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `acgan`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[ACGANGeneratorConfig]]:
    """The generator `acgan`."""
    return [
        GeneratorSpec(
            name="acgan",
            summary="5 x 5 transposed convolutions from latents and one-hot labels; 16 to 256 px",
            source=SOURCE,
            config=ACGANGeneratorConfig,
            build=_generator,
        )
    ]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[ACGANDiscriminatorConfig]]:
    """The discriminator `acgan`."""
    return [
        DiscriminatorSpec(
            name="acgan",
            summary="Convolutions with dropout that also name the class; 16 to 256 px",
            source=SOURCE,
            config=ACGANDiscriminatorConfig,
            build=_discriminator,
        )
    ]


@hookimpl
def ganzoo_balancing() -> list[BalancingSpec[AuxiliaryClassifierConfig]]:
    """The class loss, `auxiliary-classifier`."""
    return [AUXILIARY_CLASSIFIER]


def _generator(config: ACGANGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_acgan.networks import ACGANGenerator

    return ACGANGenerator(config, shape)


def _discriminator(config: ACGANDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_acgan.networks import ACGANDiscriminator

    return ACGANDiscriminator(config, shape)
