"""The two networks of my-architecture. Imports torch; loaded when one of them is built."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import UsageError, check_image_shape, doubling_widths, halvings
from ganzoo_my_architecture.settings import MyArchitectureDiscriminatorConfig, MyArchitectureGeneratorConfig

COARSEST, LARGEST = 4, 256
GROWTH = 8


def check_shape(shape: ImageShape) -> None:
    """Nothing, where these networks can make and judge images of this shape.

    Raises:
        UsageError: a size that is no power of two from 8 to 256, other channels than 1, 3, 4, or labels.
    """
    check_image_shape("my-architecture", shape, 2 * COARSEST, LARGEST)
    if shape.num_classes is not None:
        raise UsageError("my-architecture has no use for labels", hint="leave out data.labels")


def stage_widths(shape: ImageShape, width: int) -> list[int]:
    """Channels of the stages from the image inwards, one for each halving of the size."""
    return doubling_widths(halvings(shape.size, COARSEST), width, GROWTH)


class MyArchitectureGenerator(Generator):
    """4 x 4 px from the latents, then doubled: upsampling, convolution, batch norm, ReLU; tanh at the end."""

    def __init__(self, config: MyArchitectureGeneratorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape, config.latent_dim)
        coarse, *finer = (*reversed(stage_widths(shape, config.width)), config.width)
        layers: list[nn.Module] = [
            nn.Linear(config.latent_dim, coarse * COARSEST**2),
            nn.Unflatten(1, (coarse, COARSEST, COARSEST)),
        ]
        for width in finer:
            layers += [
                nn.Upsample(scale_factor=2),
                nn.Conv2d(coarse, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            coarse = width
        self.layers = nn.Sequential(*layers, nn.Conv2d(coarse, shape.channels, 3, padding=1), nn.Tanh())

    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, latent_dim] -> images [N, C, H, W] in [-1, 1]."""
        images: Tensor = self.layers(style)
        return images


class MyArchitectureDiscriminator(Discriminator):
    """Halved by strided convolutions and leaky ReLU down to 4 x 4 px; then one logit.

    `features`: the last stage's activations, [N, channels, 4, 4].
    """

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self, config: MyArchitectureDiscriminatorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape)
        widths = stage_widths(shape, config.width)
        self.stages = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(0.2))
            for before, after in zip((shape.channels, *widths), widths, strict=False)
        )
        self.head = nn.Linear(widths[-1] * COARSEST**2, 1)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W] -> logits [N]."""
        features = images
        for stage in self.stages:
            features = stage(features)
        logits = self.head(features.flatten(start_dim=1)).flatten()
        return Judgement(logits, {"features": features} if "features" in want else {})

    def blocks(self) -> list[nn.Module]:
        """The stages from the image inwards; the head is no part of the body."""
        return list(self.stages)
