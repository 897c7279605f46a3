"""Pocket's two networks. Imports torch; loaded when one of them is built."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from gan_pocket.settings import PocketDiscriminatorConfig, PocketGeneratorConfig
from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import UsageError

LARGEST = 64


def check_shape(shape: ImageShape) -> None:
    """Nothing, where pocket can make images of this shape.

    Raises:
        UsageError: too large for dense layers, or labels.
    """
    if shape.size > LARGEST:
        raise UsageError(f"pocket works up to {LARGEST} px, not at {shape.size}", hint=f"--image-size {LARGEST}")
    if shape.num_classes is not None:
        raise UsageError("pocket has no use for labels", hint="leave out data.labels")


class PocketGenerator(Generator):
    """latents -> a hidden layer -> every pixel at once, through tanh."""

    def __init__(self, config: PocketGeneratorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape, config.latent_dim)
        pixels = (shape.channels, shape.size, shape.size)
        self.layers = nn.Sequential(
            nn.Linear(config.latent_dim, config.width),
            nn.ReLU(),
            nn.Linear(config.width, shape.channels * shape.size**2),
            nn.Tanh(),
            nn.Unflatten(1, pixels),
        )

    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, latent_dim] -> images [N, C, H, W] in [-1, 1]."""
        images: Tensor = self.layers(style)
        return images


class PocketDiscriminator(Discriminator):
    """Every pixel -> a hidden layer -> one logit. `features`: the hidden layer, [N, width]."""

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self, config: PocketDiscriminatorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape)
        pixels = shape.channels * shape.size**2
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(pixels, config.width), nn.LeakyReLU(0.2))
        self.head = nn.Linear(config.width, 1)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W] -> logits [N]."""
        features = self.body(images)
        extras = {"features": features} if "features" in want else {}
        return Judgement(self.head(features).flatten(), extras)

    def blocks(self) -> list[nn.Module]:
        """The body alone; the head is no part of it."""
        return [self.body]
