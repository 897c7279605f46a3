"""FastGAN's discriminator, which also decodes its features. Imports torch; loaded when one is built."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganzoo.contracts import Discriminator, ImageShape, Judgement
from ganzoo.plugin import halvings
from ganzoo_fastgan.config import FastGANDiscriminatorConfig
from ganzoo_fastgan.layers import LEAK, DownBlock, SkipExcitation, convolution, decoder, down
from ganzoo_fastgan.shapes import check_shape, discriminator_channels

COARSEST = 8
SKIPPED_STAGES = 3
HEAD_KERNEL = 4
ERROR = "reconstruction_error"


class FastGANDiscriminator(Discriminator):
    """Down to 8 px on two ways, one from the image, one from the image at half its size; 5 x 5 logits from each.

    `features`: the first way's last, [N, 8 x width, 8, 8].
    `reconstruction_error`: [N], how far three small decoders are from the image at half its size (L1, mean over
    pixels, summed): the whole from each way, and a random quarter, in its full detail, from the first way's 16 px.

    Raises:
        UsageError: a shape it cannot judge, or labels.
    """

    extras: ClassVar[frozenset[str]] = frozenset({"features", ERROR})

    def __init__(self, config: FastGANDiscriminatorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape)
        steps = halvings(shape.size, COARSEST)
        widths = [discriminator_channels(shape.size // 2**step, config.width) for step in range(steps + 1)]
        self.from_image = nn.Sequential(
            convolution(shape.channels, widths[0], 3, padding=1), nn.LeakyReLU(LEAK, inplace=True)
        )
        self.stages = nn.ModuleList(DownBlock(before, after) for before, after in pairwise(widths))
        self.reach = min(SKIPPED_STAGES, steps)
        self.excitations = nn.ModuleList(
            SkipExcitation(widths[at], widths[at + self.reach]) for at in range(steps + 1 - self.reach)
        )
        inner = widths[-1]
        self.head = nn.Sequential(
            convolution(inner, inner, 1),
            nn.BatchNorm2d(inner),
            nn.LeakyReLU(LEAK, inplace=True),
            convolution(inner, 1, HEAD_KERNEL),
        )
        small = [width // 2 for width in widths[2:]]
        first = [convolution(shape.channels, small[0], 4, 2, 1), nn.LeakyReLU(LEAK, inplace=True)]
        rest = [layer for before, after in pairwise(small) for layer in down(before, after)]
        self.small_stages = nn.Sequential(*first, *rest)
        self.small_head = convolution(small[-1], 1, HEAD_KERNEL)
        doublings = steps - 1
        self.decoders = nn.ModuleList(
            decoder(width, shape.channels, times)
            for width, times in ((inner, doublings), (small[-1], doublings), (widths[-2], doublings))
        )

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W] -> logits [N, 50]."""
        features = [self.from_image(images)]
        for number, stage in enumerate(self.stages, start=1):
            made = stage(features[-1])
            if number >= self.reach:
                made = self.excitations[number - self.reach](features[number - self.reach], made)
            features.append(made)
        halved = functional.avg_pool2d(images, 2)
        small = self.small_stages(halved)
        logits = torch.cat([self.head(features[-1]).flatten(1), self.small_head(small).flatten(1)], dim=1)
        extras: dict[str, Tensor] = {}
        if "features" in want:
            extras["features"] = features[-1]
        if ERROR in want:
            extras[ERROR] = self._error(images, halved, features, small)
        return Judgement(logits, extras)

    def _error(self, images: Tensor, halved: Tensor, features: list[Tensor], small: Tensor) -> Tensor:
        """The three decoders' errors, [N] float32."""
        quarter = torch.zeros(len(images), dtype=torch.int64, device=images.device)
        if self.training:
            quarter = torch.randint_like(quarter, 4)
        whole, whole_small, part = self.decoders
        return (
            distance(whole(features[-1]), halved)
            + distance(whole_small(small), halved)
            + distance(part(quarters(features[-2], quarter)), quarters(images, quarter))
        )

    def blocks(self) -> list[nn.Module]:
        """The first way's blocks from the image inwards, the first with the layer before it, some with their gate."""
        parts = [nn.ModuleList([stage]) for stage in self.stages]
        parts[0].insert(0, self.from_image)
        for number, excitation in enumerate(self.excitations, start=self.reach):
            parts[number - 1].append(excitation)
        return list(parts)


def distance(one: Tensor, other: Tensor) -> Tensor:
    """Mean absolute difference of each image: [N] float32, from two [N, C, H, W]."""
    return (one.float() - other.float()).abs().mean(dim=(1, 2, 3))


def quarters(images: Tensor, which: Tensor) -> Tensor:
    """One quarter of each image: [N, C, 2H, 2W], [N] in 0 ... 3 -> [N, C, H, W]."""
    count, channels, height, width = images.shape
    cut = images.reshape(count, channels, 2, height // 2, 2, width // 2).permute(0, 2, 4, 1, 3, 5).flatten(1, 2)
    chosen: Tensor = cut[torch.arange(count, device=images.device), which]
    return chosen
