"""FastGAN's generator. Imports torch; loaded when one is built."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from ganzoo.contracts import Generator, ImageShape
from ganzoo.plugin import halvings
from ganzoo_fastgan.config import FastGANGeneratorConfig
from ganzoo_fastgan.layers import WEIGHT_STD, SkipExcitation, convolution, gated, up, up_with_noise
from ganzoo_fastgan.shapes import check_shape, generator_channels

COARSEST = 4
SKIPPED_STAGES = 4
"""An excitation reaches from 4 px to 64 px, from 8 px to 128 px; less far where the image is smaller than 64 px."""
EXCITATIONS = 4


class FastGANGenerator(Generator):
    """4 px from the latents, then doubled; large features are gated by small ones (skip-layer excitation); tanh.

    Raises:
        UsageError: a shape it cannot make, or labels.
    """

    def __init__(self, config: FastGANGeneratorConfig, shape: ImageShape) -> None:
        check_shape(shape)
        super().__init__(shape, config.latent_dim)
        doublings = halvings(shape.size, COARSEST)
        widths = [generator_channels(COARSEST * 2**stage, config.width) for stage in range(doublings + 1)]
        start = nn.ConvTranspose2d(config.latent_dim, 2 * widths[0], COARSEST, bias=False)
        nn.init.normal_(start.weight, 0.0, WEIGHT_STD)
        self.start = nn.Sequential(nn.utils.parametrizations.spectral_norm(start), *gated(widths[0]))
        self.stages = nn.ModuleList(
            nn.Sequential(*up_with_noise(*pair, COARSEST * 2 ** (stage + 1)) if stage % 2 == 0 else up(*pair))
            for stage, pair in enumerate(pairwise(widths))
        )
        self.reach = min(SKIPPED_STAGES, doublings)
        reached = range(min(EXCITATIONS, doublings + 1 - self.reach))
        self.excitations = nn.ModuleList(SkipExcitation(widths[at], widths[at + self.reach]) for at in reached)
        self.to_image = nn.Sequential(convolution(widths[-1], shape.channels, 3, padding=1), nn.Tanh())

    def synthesise(self, style: Tensor) -> Tensor:
        """style, the latents [N, latent_dim] -> images [N, C, H, W] in [-1, 1]."""
        features = [self.start(style[:, :, None, None])]
        for number, stage in enumerate(self.stages, start=1):
            made = stage(features[-1])
            source = number - self.reach
            if 0 <= source < len(self.excitations):
                made = self.excitations[source](features[source], made)
            features.append(made)
        images: Tensor = self.to_image(features[-1])
        return images
