"""SAGAN's two networks. Imports torch; loaded when one of them is built."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import check_image_shape, doubling_widths, halvings, joined_by_label
from ganzoo_residual.blocks import DownBlock, UpBlock, convolution, projected, spectrally_normalised
from ganzoo_sagan.attention import SelfAttention, check_attention
from ganzoo_sagan.config import SAGANDiscriminatorConfig, SAGANGeneratorConfig

SMALLEST, LARGEST = 16, 256
COARSEST = 4


class SAGANGenerator(Generator):
    """A linear layer to 4 px, residual blocks that double the size, self-attention between two of them, tanh.

    With labels, batch norm in the blocks has a scale and a shift for each label. The style is the latents and then the
    label as one-hot numbers, so that styles of two labels can be mixed.

    Raises:
        UsageError: a shape it cannot make, or no stage for the attention.
    """

    def __init__(self, config: SAGANGeneratorConfig, shape: ImageShape) -> None:
        check_image_shape("sagan", shape, SMALLEST, LARGEST)
        super().__init__(shape, config.latent_dim)
        widths = doubling_widths(halvings(shape.size, COARSEST) + 1, config.width, config.growth)[::-1]
        sizes = [2 * COARSEST * 2**stage for stage in range(len(widths) - 1)]
        check_attention(config.attention_size, sizes, "generator")
        self.linear = nn.Linear(config.latent_dim, widths[0] * COARSEST**2)
        nn.init.xavier_uniform_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)
        self.stages = nn.ModuleList(UpBlock(before, after, shape.num_classes) for before, after in pairwise(widths))
        self.attended = sizes.index(config.attention_size)
        self.attention = SelfAttention(widths[self.attended + 1])
        self.norm = nn.BatchNorm2d(widths[-1])
        self.to_image = convolution(widths[-1], shape.channels, 3)
        spectrally_normalised(self)  # in both networks: Zhang et al. 2019, section 4.1

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> [N, latent_dim + num_classes, if any]."""
        return joined_by_label(latents, labels, self.num_classes)

    def synthesise(self, style: Tensor) -> Tensor:
        """style as `embed` gives it -> images [N, C, H, W] in [-1, 1]."""
        classes = None if self.num_classes is None else style[:, self.latent_dim :]
        images = self.linear(style[:, : self.latent_dim]).unflatten(1, (-1, COARSEST, COARSEST))
        for index, stage in enumerate(self.stages):
            images = stage(images, classes)
            if index == self.attended:
                images = self.attention(images)
        result: Tensor = self.to_image(self.norm(images).relu()).tanh()
        return result


class SAGANDiscriminator(Discriminator):
    """Residual blocks that halve the size to 4 px, self-attention between two, one more block, the sum, one logit.

    With labels, the logit is joined by <features, embedding of the label> (projection, Miyato & Koyama 2018, eq. 7).

    `features`: what is summed, [N, widest, 4, 4].

    Raises:
        UsageError: a shape it cannot judge, or no stage for the attention.
    """

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self, config: SAGANDiscriminatorConfig, shape: ImageShape) -> None:
        check_image_shape("sagan", shape, SMALLEST, LARGEST)
        super().__init__(shape)
        widths = doubling_widths(halvings(shape.size, COARSEST), config.width, config.growth)
        sizes = [shape.size // 2**stage for stage in range(1, len(widths) + 1)]
        check_attention(config.attention_size, sizes, "discriminator")
        self.stages = nn.ModuleList([DownBlock(shape.channels, widths[0], first=True)])
        self.stages += [DownBlock(before, after) for before, after in pairwise(widths)]
        self.stages.append(DownBlock(widths[-1], widths[-1], halve=False))
        self.attended = sizes.index(config.attention_size)
        self.attention = SelfAttention(widths[self.attended])
        self.head = nn.Linear(widths[-1], 1)
        nn.init.xavier_uniform_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.label_embedding = None
        if shape.num_classes is not None:
            self.label_embedding = nn.Embedding(shape.num_classes, widths[-1])
            nn.init.xavier_uniform_(self.label_embedding.weight)
        spectrally_normalised(self)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W], labels [N] or None -> logits [N]."""
        features = images
        for index, stage in enumerate(self.stages):
            features = stage(features)
            if index == self.attended:
                features = self.attention(features)
        features = features.relu()
        pooled = features.sum(dim=(2, 3))
        logits = self.head(pooled).flatten() + projected(pooled, self.label_embedding, labels)
        return Judgement(logits, {"features": features} if "features" in want else {})

    def blocks(self) -> list[nn.Module]:
        """The residual blocks from the image inwards, one of them with the attention that follows it."""
        parts = list(self.stages)
        parts[self.attended] = nn.ModuleList([parts[self.attended], self.attention])
        return parts
