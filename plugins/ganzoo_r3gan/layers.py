"""What R3GAN's two networks are made of. Imports torch."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganzoo.plugin import UsageError
from ganzoo_r3gan.config import R3GANDiscriminatorConfig, R3GANGeneratorConfig

Config = R3GANGeneratorConfig | R3GANDiscriminatorConfig

LEAK = 0.2
GAIN = math.sqrt(2 / (1 + LEAK**2))
"""What makes up for the variance that a leaky ReLU takes (He et al. 2015, eq. 15)."""
LAYERS_IN_A_BLOCK = 3
COARSEST = 4


def scaled(layer: nn.Conv2d | nn.Linear, gain: float) -> nn.Module:
    """The layer with weights drawn anew, N(0, gain² / fan-in), and no bias at first. Gain 0: zeros."""
    fan_in = layer.weight[0].numel()
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(fan_in))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class ResidualBlock(nn.Module):
    """x + W3 lrelu(W2 lrelu(W1 x)): 1 x 1 to more channels, 3 x 3 in groups, 1 x 1 back. No normalisation.

    What normalisation would do at the start is done by the weights: W3 begins at zero, so that a block begins as the
    identity, and the others are scaled by L^(-1/4) for L blocks in the network. Source: Zhang et al. 2019, "Fixup
    Initialization", section 3; Huang et al. 2024, section 3.3 and appendix.

    Args:
        width: channels around the block.
        config: expansion and groups.
        depth: blocks in the whole network, L above.

    Raises:
        UsageError: the inner channels cannot be cut into groups.
    """

    def __init__(self, width: int, config: Config, depth: int) -> None:
        super().__init__()
        inner = width * config.expansion
        if inner % config.group_width:
            raise UsageError(
                f"r3gan: {inner} channels inside a block cannot be cut into groups of {config.group_width}",
                hint="take a `width` that is a multiple of `group_width` / `expansion`, "
                f"such as {config.group_width * config.expansion}",
            )
        groups = inner // config.group_width
        gain = GAIN * depth ** (-1 / (2 * LAYERS_IN_A_BLOCK - 2))
        self.widen = scaled(nn.Conv2d(width, inner, 1), gain)
        self.mix = scaled(nn.Conv2d(inner, inner, 3, padding=1, groups=groups), gain)
        self.narrow = scaled(nn.Conv2d(inner, width, 1, bias=False), 0.0)

    def forward(self, images: Tensor) -> Tensor:
        """[N, width, H, W] -> the same shape."""
        inner = functional.leaky_relu(self.widen(images), LEAK)
        inner = functional.leaky_relu(self.mix(inner), LEAK)
        result: Tensor = images + self.narrow(inner)
        return result


def between(incoming: int, outgoing: int) -> nn.Module:
    """A 1 x 1 convolution where the channels change, nothing where they do not."""
    return nn.Identity() if incoming == outgoing else scaled(nn.Conv2d(incoming, outgoing, 1, bias=False), 1.0)


class Upsample(nn.Module):
    """Other channels, then twice the size, bilinear."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        super().__init__()
        self.convert = between(incoming, outgoing)

    def forward(self, images: Tensor) -> Tensor:
        """[N, incoming, H, W] -> [N, outgoing, 2H, 2W]."""
        return functional.interpolate(self.convert(images), scale_factor=2, mode="bilinear")


class Downsample(nn.Module):
    """Half the size, then other channels. Halving bilinearly is the mean of 2 x 2 pixels."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        super().__init__()
        self.convert = between(incoming, outgoing)

    def forward(self, images: Tensor) -> Tensor:
        """[N, incoming, 2H, 2W] -> [N, outgoing, H, W]."""
        result: Tensor = self.convert(functional.avg_pool2d(images, 2))
        return result


class GenerativeBasis(nn.Module):
    """Learnt 4 x 4 patterns, one a channel, each weighted by a linear function of the style."""

    def __init__(self, style_dim: int, width: int) -> None:
        super().__init__()
        self.basis = nn.Parameter(torch.randn(width, COARSEST, COARSEST))
        self.weights = scaled(nn.Linear(style_dim, width, bias=False), 1.0)

    def forward(self, style: Tensor) -> Tensor:
        """[N, style_dim] -> [N, width, 4, 4]."""
        result: Tensor = self.basis * self.weights(style)[:, :, None, None]
        return result


class DiscriminativeBasis(nn.Module):
    """The mirror image: each channel's product with a learnt 4 x 4 pattern, then a linear layer."""

    def __init__(self, width: int, outgoing: int) -> None:
        super().__init__()
        self.basis = scaled(nn.Conv2d(width, width, COARSEST, groups=width, bias=False), 1.0)
        self.weights = scaled(nn.Linear(width, outgoing, bias=False), 1.0)

    def forward(self, features: Tensor) -> Tensor:
        """[N, width, 4, 4] -> [N, outgoing]."""
        result: Tensor = self.weights(self.basis(features).flatten(1))
        return result
