"""my-architecture: an architecture for ganzoo. Torch-free: this is imported wherever parts are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_my_architecture.recipe import RECIPE, SOURCE
from ganzoo_my_architecture.settings import MyArchitectureDiscriminatorConfig, MyArchitectureGeneratorConfig

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

GANZOO_CONTRACTS = "1.0"
"""The version of ganzoo's contracts this is built for; a ganzoo with older ones says so instead of loading it."""


def build_generator(config: MyArchitectureGeneratorConfig, shape: ImageShape) -> Generator:
    """The generator for images of this shape."""
    from ganzoo_my_architecture.networks import MyArchitectureGenerator

    return MyArchitectureGenerator(config, shape)


def build_discriminator(config: MyArchitectureDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    """The discriminator for images of this shape."""
    from ganzoo_my_architecture.networks import MyArchitectureDiscriminator

    return MyArchitectureDiscriminator(config, shape)


GENERATOR = GeneratorSpec(
    name="my-architecture",
    summary="Nearest-neighbour upsampling and convolutions; 8 to 256 px",
    source=SOURCE,
    config=MyArchitectureGeneratorConfig,
    build=build_generator,
)
DISCRIMINATOR = DiscriminatorSpec(
    name="my-architecture",
    summary="Strided convolutions; 8 to 256 px",
    source=SOURCE,
    config=MyArchitectureDiscriminatorConfig,
    build=build_discriminator,
)


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `my-architecture`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[MyArchitectureGeneratorConfig]]:
    """The generator `my-architecture`."""
    return [GENERATOR]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[MyArchitectureDiscriminatorConfig]]:
    """The discriminator `my-architecture`."""
    return [DISCRIMINATOR]
