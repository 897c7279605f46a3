"""The Dirac-GAN's two players. Imports torch; loaded when one of them is built."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import UsageError
from ganzoo_mlp.dirac import DiracDiscriminatorConfig, DiracGeneratorConfig


def check_shape(shape: ImageShape) -> None:
    """Nothing, where the shape is that of points on a line without labels.

    Raises:
        UsageError: another shape.
    """
    if not shape.is_points or shape.channels != 1 or shape.num_classes is not None:
        raise UsageError(f"the Dirac-GAN is made for points in 1-D without labels, not {shape.words}")


class DiracGenerator(Generator):
    """G(z) = theta."""

    def __init__(self, config: DiracGeneratorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape, config.latent_dim)
        self.theta = nn.Parameter(torch.tensor([float(config.theta)]))

    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, latent_dim] -> [N, 1, 1, 1], all theta."""
        return self.theta.reshape(1, 1, 1, 1).expand(len(style), 1, 1, 1)


class DiracDiscriminator(Discriminator):
    """D(x) = psi x."""

    def __init__(self, config: DiracDiscriminatorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape)
        self.psi = nn.Parameter(torch.tensor([float(config.psi)]))

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """points [N, 1, 1, 1] -> logits [N]."""
        return Judgement(self.psi * images.flatten())
