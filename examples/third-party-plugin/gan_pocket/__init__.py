"""A plugin for ganzoo: the architecture `pocket` and the strategy `d-nap`. Torch-free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gan_pocket.nap import SPEC, NapConfig
from gan_pocket.settings import PocketDiscriminatorConfig, PocketGeneratorConfig
from ganzoo.plugin import ArchitectureSpec, BalancingSpec, DiscriminatorSpec, GeneratorSpec, hookimpl

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

SOURCE = "Goodfellow et al. 2014, Generative Adversarial Nets (arXiv 1406.2661), whose networks were perceptrons"


def build_generator(config: PocketGeneratorConfig, shape: ImageShape) -> Generator:
    """Here, and not above, torch is imported."""
    from gan_pocket.networks import PocketGenerator

    return PocketGenerator(config, shape)


def build_discriminator(config: PocketDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    """Likewise."""
    from gan_pocket.networks import PocketDiscriminator

    return PocketDiscriminator(config, shape)


GENERATOR = GeneratorSpec(
    name="pocket",
    summary="two dense layers; small images only",
    source=SOURCE,
    config=PocketGeneratorConfig,
    build=build_generator,
)
DISCRIMINATOR = DiscriminatorSpec(
    name="pocket",
    summary="two dense layers; small images only",
    source=SOURCE,
    config=PocketDiscriminatorConfig,
    build=build_discriminator,
)
RECIPE = ArchitectureSpec(
    name="pocket",
    summary="Two small perceptrons: seconds on any machine, and a start for your own",
    source=SOURCE,
    generator="pocket",
    discriminator="pocket",
    loss="non-saturating",
    settings={"data.image_size": 32, "training.epochs": 10},
)


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `pocket`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[PocketGeneratorConfig]]:
    """The generator `pocket`."""
    return [GENERATOR]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[PocketDiscriminatorConfig]]:
    """The discriminator `pocket`."""
    return [DISCRIMINATOR]


@hookimpl
def ganzoo_balancing() -> list[BalancingSpec[NapConfig]]:
    """The strategy `d-nap`."""
    return [SPEC]
