"""R3GAN's two networks. Imports torch; loaded when one of them is built."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import check_image_shape, doubling_widths, given_labels, halvings
from ganzoo_r3gan.config import R3GANDiscriminatorConfig, R3GANGeneratorConfig
from ganzoo_r3gan.layers import (
    COARSEST,
    DiscriminativeBasis,
    Downsample,
    GenerativeBasis,
    ResidualBlock,
    Upsample,
    scaled,
)

SMALLEST, LARGEST = 8, 512


class R3GANGenerator(Generator):
    """4 px from a learnt basis, then doubled bilinearly; at each size some residual blocks; 1 x 1 to colours.

    With labels, an embedding as long as the latents joins them. Nothing squashes the images at the end.

    Raises:
        UsageError: a shape it cannot make, or widths that do not fit its groups.
    """

    bounded: ClassVar[bool] = False

    def __init__(self, config: R3GANGeneratorConfig, shape: ImageShape) -> None:
        check_image_shape("r3gan", shape, SMALLEST, LARGEST)
        super().__init__(shape, config.latent_dim)
        widths = doubling_widths(halvings(shape.size, COARSEST) + 1, config.width, config.growth)[::-1]
        depth = len(widths) * config.blocks
        self.label_embedding = None
        style_dim = config.latent_dim
        if shape.num_classes is not None:
            style_dim += config.latent_dim
            self.label_embedding = nn.Embedding(shape.num_classes, config.latent_dim)
            nn.init.normal_(self.label_embedding.weight, 0.0, 1 / math.sqrt(shape.num_classes))
        self.stages = nn.ModuleList()
        before = style_dim
        for width in widths:
            transition = Upsample(before, width) if self.stages else GenerativeBasis(before, width)
            blocks = [ResidualBlock(width, config, depth) for _ in range(config.blocks)]
            self.stages.append(nn.Sequential(transition, *blocks))
            before = width
        self.to_image = scaled(nn.Conv2d(before, shape.channels, 1, bias=False), 1.0)

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> [N, latent_dim], or twice as long with labels."""
        if self.label_embedding is None:
            return latents
        labels = given_labels(labels, self.label_embedding.num_embeddings)
        return torch.cat([latents, self.label_embedding(labels)], dim=1)

    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, style_dim] -> images [N, C, H, W], of the order of 1."""
        images = style
        for stage in self.stages:
            images = stage(images)
        result: Tensor = self.to_image(images)
        return result


class R3GANDiscriminator(Discriminator):
    """The generator backwards: 1 x 1 from colours, residual blocks, halved down to 4 px, a learnt basis, one logit.

    With labels, the last layer gives as many numbers as there are channels, and the logit is their product with an
    embedding of the label.

    `features`: the last stage's activations, [N, widest, 4, 4].

    Raises:
        UsageError: a shape it cannot judge, or widths that do not fit its groups.
    """

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self, config: R3GANDiscriminatorConfig, shape: ImageShape) -> None:
        check_image_shape("r3gan", shape, SMALLEST, LARGEST)
        super().__init__(shape)
        widths = doubling_widths(halvings(shape.size, COARSEST) + 1, config.width, config.growth)
        depth = len(widths) * config.blocks
        self.from_image = scaled(nn.Conv2d(shape.channels, widths[0], 1, bias=False), 1.0)
        self.stages = nn.ModuleList()
        for width, after in zip(widths, [*widths[1:], None], strict=True):
            layers: list[nn.Module] = [ResidualBlock(width, config, depth) for _ in range(config.blocks)]
            self.stages.append(nn.Sequential(*layers, *([] if after is None else [Downsample(width, after)])))
        labels = shape.num_classes
        self.head = DiscriminativeBasis(widths[-1], 1 if labels is None else widths[-1])
        self.label_embedding = None if labels is None else nn.Embedding(labels, widths[-1])
        if self.label_embedding is not None:
            nn.init.normal_(
                self.label_embedding.weight, 0.0, 1 / math.sqrt(widths[-1] * self.label_embedding.num_embeddings)
            )

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W], labels [N] or None -> logits [N]."""
        features = self.from_image(images)
        for stage in self.stages:
            features = stage(features)
        logits = self.head(features)
        if self.label_embedding is not None:
            logits = logits * self.label_embedding(given_labels(labels, self.label_embedding.num_embeddings))
        return Judgement(logits.sum(dim=1), {"features": features} if "features" in want else {})

    def blocks(self) -> list[nn.Module]:
        """The stages from the image inwards, the first with the layer before it."""
        first, *others = self.stages
        return [nn.ModuleList([self.from_image, first]), *others]
