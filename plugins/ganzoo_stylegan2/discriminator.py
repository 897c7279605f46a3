"""StyleGAN2's discriminator. Imports torch; loaded when one is built."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from ganzoo.contracts import Discriminator, ImageShape, Judgement
from ganzoo.plugin import check_image_shape, doubling_widths, given_labels, halvings
from ganzoo_stylegan2.config import StyleGAN2DiscriminatorConfig
from ganzoo_stylegan2.layers import EqualConvolution, EqualLinear, activated, blurred, halved, spread_of_groups

SMALLEST, LARGEST = 8, 1024
COARSEST = 4


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions, the second at half the size, and beside them 1 x 1; the sum over the root of 2.

    Args:
        filtered: whether images are filtered by 1, 3, 3, 1 before they are halved. If not, the second convolution
            strides over them as they are, and the one beside it takes the mean of 2 x 2.
    """

    def __init__(self, incoming: int, outgoing: int, *, filtered: bool) -> None:
        super().__init__()
        self.filtered = filtered
        self.convolution1 = EqualConvolution(incoming, incoming, 3)
        self.convolution2 = EqualConvolution(incoming, outgoing, 3, stride=2, padding=0 if filtered else 1)
        self.skip = EqualConvolution(incoming, outgoing, 1, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        """[N, incoming, H, W] -> [N, outgoing, H / 2, W / 2]."""
        inner = activated(self.convolution1(images))
        inner = activated(self.convolution2(blurred(inner) if self.filtered else inner))
        beside = self.skip(halved(images) if self.filtered else functional.avg_pool2d(images, 2))
        result: Tensor = (inner + beside) / math.sqrt(2)
        return result


class StyleGAN2Discriminator(Discriminator):
    """Residual blocks down to 4 px, the spread of groups of images as one more channel, two dense layers.

    With labels, the last layer gives as many numbers as there are channels, and the logit is their product with an
    embedding of the label over the root of their number.

    `features`: what is flattened, [N, widest, 4, 4].

    Raises:
        UsageError: a shape it cannot judge.
    """

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self, config: StyleGAN2DiscriminatorConfig, shape: ImageShape) -> None:
        check_image_shape("stylegan2", shape, SMALLEST, LARGEST)
        super().__init__(shape)
        self.group_size = config.group_size
        widths = doubling_widths(halvings(shape.size, COARSEST) + 1, config.width, config.growth)
        self.from_image = EqualConvolution(shape.channels, widths[0], 1)
        self.stages = nn.ModuleList(
            ResidualBlock(before, after, filtered=config.filtered) for before, after in pairwise(widths)
        )
        widest = widths[-1]
        self.last = EqualConvolution(widest + 1, widest, 3)
        self.dense = EqualLinear(widest * COARSEST**2, widest)
        labels = shape.num_classes
        self.head = EqualLinear(widest, 1 if labels is None else widest)
        self.label_embedding = None if labels is None else nn.Embedding(labels, widest)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W], labels [N] or None -> logits [N]. N is best a multiple of `group_size`."""
        features = activated(self.from_image(images))
        for stage in self.stages:
            features = stage(features)
        features = activated(self.last(spread_of_groups(features, self.group_size)))
        logits = self.head(activated(self.dense(features.flatten(1))))
        if self.label_embedding is not None:
            direction = self.label_embedding(given_labels(labels, self.label_embedding.num_embeddings))
            logits = logits * direction / math.sqrt(direction.shape[1])
        return Judgement(logits.sum(dim=1), {"features": features} if "features" in want else {})

    def blocks(self) -> list[nn.Module]:
        """The residual blocks from the image inwards, the first with the layer before it."""
        first, *others = self.stages
        return [nn.ModuleList([self.from_image, first]), *others]
