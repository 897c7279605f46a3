"""Networks without convolutions, for points and tiny images; and the two players of the Dirac-GAN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ganzoo.plugin import ArchitectureSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_mlp import dirac
from ganzoo_mlp.config import MLPDiscriminatorConfig, MLPGeneratorConfig
from ganzoo_mlp.recipe import RECIPE, SOURCE

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

# `Any` below: the specs are of different config classes, and lists are invariant.


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipes."""
    return [RECIPE, dirac.RECIPE]


@hookimpl
def ganzoo_generators() -> Sequence[GeneratorSpec[Any]]:
    """The generators."""
    return [
        GeneratorSpec(
            name="mlp",
            summary="Dense layers from the latents to points, or to images of any small size",
            source=SOURCE,
            config=MLPGeneratorConfig,
            build=_generator,
            points=True,
            example="ganzoo run mlp --data ring8",
        ),
        dirac.GENERATOR,
    ]


@hookimpl
def ganzoo_discriminators() -> Sequence[DiscriminatorSpec[Any]]:
    """The discriminators."""
    return [
        DiscriminatorSpec(
            name="mlp",
            summary="Dense layers from points, or from images of any small size, to one logit",
            source=SOURCE,
            config=MLPDiscriminatorConfig,
            build=_discriminator,
            points=True,
            example="ganzoo run mlp --data ring8",
        ),
        dirac.DISCRIMINATOR,
    ]


def _generator(config: MLPGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_mlp.networks import MLPGenerator

    return MLPGenerator(config, shape)


def _discriminator(config: MLPDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_mlp.networks import MLPDiscriminator

    return MLPDiscriminator(config, shape)
