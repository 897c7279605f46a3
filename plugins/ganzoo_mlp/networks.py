"""The two dense networks. Imports torch; loaded when one of them is built."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import given_labels
from ganzoo_mlp.config import MLPDiscriminatorConfig, MLPGeneratorConfig

LEAK = 0.2


def numbers_in(shape: ImageShape) -> int:
    """How many numbers an image, or a point, has."""
    return shape.channels * shape.size**2


class MLPGenerator(Generator):
    """Dense layers with ReLU. Images end in tanh; points do not, for they have no bounds.

    With labels, an embedding as long as the latents joins them (Mirza & Osindero 2014).
    """

    def __init__(self, config: MLPGeneratorConfig, shape: ImageShape) -> None:
        super().__init__(shape, config.latent_dim)
        labels = shape.num_classes
        self.label_embedding = None if labels is None else nn.Embedding(labels, config.latent_dim)
        incoming = config.latent_dim * (1 if labels is None else 2)
        layers: list[nn.Module] = []
        for _ in range(config.depth):
            layers.append(nn.Linear(incoming, config.width))
            if config.norm == "batch":
                layers.append(nn.BatchNorm1d(config.width))
            layers.append(nn.ReLU())
            incoming = config.width
        layers.append(nn.Linear(incoming, numbers_in(shape)))
        if not shape.is_points:
            layers.append(nn.Tanh())
        layers.append(nn.Unflatten(1, (shape.channels, shape.size, shape.size)))
        self.layers = nn.Sequential(*layers)

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> [N, latent_dim], or twice as long with labels."""
        if self.label_embedding is None:
            return latents
        given = given_labels(labels, self.label_embedding.num_embeddings)
        return torch.cat([latents, self.label_embedding(given)], dim=1)

    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, style_dim] -> images [N, C, H, W] in [-1, 1], or points [N, dim, 1, 1]."""
        images: Tensor = self.layers(style)
        return images


class MLPDiscriminator(Discriminator):
    """Dense layers with leaky ReLU, then one logit.

    With labels, the logit is joined by <features, embedding of the label> (projection, Miyato & Koyama 2018).

    `features`: the last hidden layer's activations, [N, width].
    """

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self, config: MLPDiscriminatorConfig, shape: ImageShape) -> None:
        super().__init__(shape)
        incoming = [numbers_in(shape), *([config.width] * (config.depth - 1))]
        self.stages = nn.ModuleList(
            nn.Sequential(
                nn.Linear(size, config.width),
                nn.LeakyReLU(LEAK),
                *([nn.Dropout(config.dropout)] if config.dropout else []),
            )
            for size in incoming
        )
        self.head = nn.Linear(config.width, 1)
        labels = shape.num_classes
        self.label_embedding = None if labels is None else nn.Embedding(labels, config.width)
        if self.label_embedding is not None:  # small at first, like the head's weights
            nn.init.normal_(self.label_embedding.weight, 0.0, config.width**-0.5)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W], labels [N] or None -> logits [N]."""
        features = images.flatten(start_dim=1)
        for stage in self.stages:
            features = stage(features)
        logits = self.head(features).flatten()
        if self.label_embedding is not None:
            direction = self.label_embedding(given_labels(labels, self.label_embedding.num_embeddings))
            logits = logits + (direction * features).sum(dim=1)
        return Judgement(logits, {"features": features} if "features" in want else {})

    def blocks(self) -> list[nn.Module]:
        """The hidden layers from the image inwards."""
        return list(self.stages)
