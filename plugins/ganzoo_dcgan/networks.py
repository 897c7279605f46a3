"""DCGAN's two networks. Imports torch; loaded when one of them is built."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import given_labels
from ganzoo_dcgan.config import DCGANDiscriminatorConfig, DCGANGeneratorConfig
from ganzoo_dcgan.shapes import COARSEST, check_shape, stage_widths

WEIGHT_STD = 0.02
LEAK = 0.2


def initialise(network: nn.Module) -> None:
    """Draw the weights anew: convolutions N(0, 0.02), batch-norm scales N(1, 0.02), biases 0. In place.

    Source: Radford et al. 2016, section 4 (weights); the authors' code (scales).
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, WEIGHT_STD)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, WEIGHT_STD)
            nn.init.zeros_(module.bias)


class DCGANGenerator(Generator):
    """4 px from the latents, then doubled by transposed convolutions, batch norm and ReLU; tanh at the end.

    With labels, an embedding as long as the latents joins them (Mirza & Osindero 2014). Its entries begin as
    N(0, 1), on the scale of the latents.

    Raises:
        UsageError: a shape it cannot make.
    """

    def __init__(self, config: DCGANGeneratorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape, config.latent_dim)
        labels = shape.num_classes
        self.label_embedding = None if labels is None else nn.Embedding(labels, config.latent_dim)
        style_dim = config.latent_dim * (1 if labels is None else 2)
        coarse, *finer = reversed(stage_widths(shape.size, config.width))
        layers = self._stage(nn.ConvTranspose2d(style_dim, coarse, COARSEST, bias=False))
        for width in finer:
            layers += self._stage(nn.ConvTranspose2d(coarse, width, 4, stride=2, padding=1, bias=False))
            coarse = width
        to_image = nn.ConvTranspose2d(coarse, shape.channels, 4, stride=2, padding=1, bias=False)
        self.layers = nn.Sequential(*layers, to_image, nn.Tanh())
        initialise(self)

    @staticmethod
    def _stage(convolution: nn.ConvTranspose2d) -> list[nn.Module]:
        return [convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU(inplace=True)]

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> [N, latent_dim], or twice as long with labels."""
        if self.label_embedding is None:
            return latents
        given = given_labels(labels, self.label_embedding.num_embeddings)
        return torch.cat([latents, self.label_embedding(given)], dim=1)

    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, style_dim] -> images [N, C, H, W] in [-1, 1]."""
        images: Tensor = self.layers(style[:, :, None, None])
        return images


class DCGANDiscriminator(Discriminator):
    """Halved by strided convolutions, batch norm (or none) and leaky ReLU down to 4 px; then one logit.

    With labels, the logit is joined by <features summed over positions, embedding of the label> (projection,
    Miyato & Koyama 2018, section 3). Dropout follows each stage's activation, as in Odena et al. 2017,
    appendix A.

    `features`: the last stage's activations, [N, 8 x width (less at 16 and 32 px), 4, 4].

    Raises:
        UsageError: a shape it cannot judge.
    """

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self, config: DCGANDiscriminatorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape)
        widths = stage_widths(shape.size, config.width)
        incoming = [shape.channels, *widths[:-1]]
        self.stages = nn.ModuleList(
            self._stage(config, before, after, first=index == 0)
            for index, (before, after) in enumerate(zip(incoming, widths, strict=True))
        )
        self.head = nn.Conv2d(widths[-1], 1, COARSEST, bias=False)
        labels = shape.num_classes
        self.label_embedding = None if labels is None else nn.Embedding(labels, widths[-1])
        initialise(self)
        if self.label_embedding is not None:  # a direction in feature space, small at first like the head's weights
            nn.init.normal_(self.label_embedding.weight, 0.0, WEIGHT_STD)

    @staticmethod
    def _stage(config: DCGANDiscriminatorConfig, incoming: int, width: int, *, first: bool) -> nn.Sequential:
        normed = config.norm == "batch" and not first
        # Batch norm brings its own shift. The first stage has neither, here as in PyTorch's example.
        convolution = nn.Conv2d(incoming, width, 4, stride=2, padding=1, bias=not normed and not first)
        layers: list[nn.Module] = [convolution]
        if normed:
            layers.append(nn.BatchNorm2d(width))
        layers.append(nn.LeakyReLU(LEAK, inplace=True))
        if config.dropout:
            layers.append(nn.Dropout(config.dropout))
        return nn.Sequential(*layers)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W], labels [N] or None -> logits [N]."""
        features = images
        for stage in self.stages:
            features = stage(features)
        logits = self.head(features).flatten()
        if self.label_embedding is not None:
            direction = self.label_embedding(given_labels(labels, self.label_embedding.num_embeddings))
            logits = logits + (direction * features.sum(dim=(2, 3))).sum(dim=1)
        return Judgement(logits, {"features": features} if "features" in want else {})

    def blocks(self) -> list[nn.Module]:
        """The stages from the image inwards; the head and the label embedding are no part of the body."""
        return list(self.stages)
