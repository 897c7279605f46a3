"""The Dirac-GAN: each player is one number. What theory proves of training methods can be watched on it.

The data are the point 0; G makes the point theta whatever its latent; D(x) = psi x. The only equilibrium is (0, 0).

Source: Mescheder, Geiger & Nowozin 2018, "Which Training Methods for GANs do actually Converge?", definition 2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.plugin import (
    ArchitectureSpec,
    DiscriminatorConfig,
    DiscriminatorSpec,
    GeneratorConfig,
    GeneratorSpec,
    for_both,
)

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

SOURCE = "Mescheder et al. 2018, Which Training Methods for GANs do actually Converge? (arXiv 1801.04406), section 2"


class DiracGeneratorConfig(GeneratorConfig):
    """Where G starts."""

    latent_dim: int = Field(default=1, ge=1, le=65536)
    """Length of a latent vector, which G does not look at."""
    theta: float = 1.0
    """G's number at the start."""


class DiracDiscriminatorConfig(DiscriminatorConfig):
    """Where D starts."""

    psi: float = 1.0
    """D's number at the start."""


def _generator(config: DiracGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_mlp.dirac_networks import DiracGenerator

    return DiracGenerator(config, shape)


def _discriminator(config: DiracDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_mlp.dirac_networks import DiracDiscriminator

    return DiracDiscriminator(config, shape)


GENERATOR = GeneratorSpec(
    name="dirac",
    summary="One number theta, the point it makes whatever the latent; 1-D points alone",
    source=SOURCE,
    config=DiracGeneratorConfig,
    build=_generator,
    points=True,
    example="ganzoo run dirac --balance r1",
)
DISCRIMINATOR = DiscriminatorSpec(
    name="dirac",
    summary="D(x) = psi x; 1-D points alone",
    source=SOURCE,
    config=DiracDiscriminatorConfig,
    build=_discriminator,
    points=True,
    example="ganzoo run dirac --balance r1",
)
RECIPE = ArchitectureSpec(
    name="dirac",
    summary="The Dirac-GAN, two numbers that circle or converge: ganzoo run dirac --balance r1",
    source=SOURCE,
    generator="dirac",
    discriminator="dirac",
    loss="non-saturating",
    settings={
        **for_both("optimizers", kind="sgd", learning_rate=0.1),
        "data.source.kind": "dirac",
        "training.batch_size": 16,
        "training.steps": 500,
        "training.ema_beta": 0.0,  # an average hides that the two circle
    },
)
