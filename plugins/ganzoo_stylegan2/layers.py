"""Layers that both of StyleGAN2's networks are made of. Imports torch."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAK = 0.2
GAIN = math.sqrt(2)


def activated(values: Tensor) -> Tensor:
    """Leaky ReLU, times the root of 2, which keeps the variance about what it was."""
    return functional.leaky_relu(values, LEAK) * GAIN


def doubled(images: Tensor) -> Tensor:
    """[N, C, H, W] -> [N, C, 2H, 2W], filtered by 1, 3, 3, 1: which is what bilinear interpolation does."""
    return functional.interpolate(images, scale_factor=2, mode="bilinear")


def blurred(images: Tensor) -> Tensor:
    """[N, C, H, W] -> [N, C, H + 1, W + 1], filtered by 1, 3, 3, 1 over two zeros on each side.

    The filter is the mean of two neighbours, three times over: pooling is much quicker here than a convolution of each
    channel by itself, and its second derivative as well.
    """
    images = functional.avg_pool2d(images, 2, stride=1, padding=1)
    images = functional.avg_pool2d(images, 2, stride=1, padding=1)
    return functional.avg_pool2d(images, 2, stride=1)


def halved(images: Tensor) -> Tensor:
    """[N, C, H, W] -> [N, C, H / 2, W / 2], filtered by 1, 3, 3, 1 over one zero on each side."""
    images = functional.avg_pool2d(images, 2, stride=1, padding=1)
    images = functional.avg_pool2d(images, 2, stride=1)
    return functional.avg_pool2d(images, 2)


class EqualLinear(nn.Module):
    """A linear layer whose weights are N(0, 1) / rate at first and are scaled when used.

    Adam then moves all layers alike, whatever their size. Source: Karras et al. 2018, "Progressive Growing of GANs",
    section 4.1; with a rate of its own for the mapping network: Karras et al. 2019, appendix C.

    Args:
        incoming: numbers in.
        outgoing: numbers out.
        rate: factor on the learning rate.
        bias: at first.
    """

    def __init__(self, incoming: int, outgoing: int, *, rate: float = 1.0, bias: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outgoing, incoming) / rate)
        self.bias = nn.Parameter(torch.full((outgoing,), bias / rate))
        self.rate, self.scale = rate, rate / math.sqrt(incoming)

    def forward(self, values: Tensor) -> Tensor:
        """[N, incoming] -> [N, outgoing]."""
        return functional.linear(values, self.weight * self.scale, self.bias * self.rate)


class EqualConvolution(nn.Module):
    """A convolution whose weights are N(0, 1) at first and are scaled when used, as `EqualLinear`.

    Args:
        kernel: its size; an odd one keeps the size of the images.
        bias: whether it has one, 0 at first.
        stride: 2 halves the size.
        padding: zeros on each side, half of `kernel` unless given; none after `blurred`, which has padded.
    """

    def __init__(
        self,
        incoming: int,
        outgoing: int,
        kernel: int,
        *,
        bias: bool = True,
        stride: int = 1,
        padding: int | None = None,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outgoing, incoming, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outgoing)) if bias else None
        self.scale = 1 / math.sqrt(incoming * kernel**2)
        self.stride, self.padding = stride, kernel // 2 if padding is None else padding

    def forward(self, images: Tensor) -> Tensor:
        """[N, incoming, H, W] -> [N, outgoing, H / stride, W / stride]."""
        return functional.conv2d(images, self.weight * self.scale, self.bias, self.stride, self.padding)


def spread_of_groups(features: Tensor, group_size: int) -> Tensor:
    """One more channel: the standard deviation over each group of images, averaged over channels and positions.

    A group is `group_size` images that follow one another; where they do not divide the batch, the largest common
    divisor takes its place.

    Args:
        features: [N, C, H, W].
        group_size: at least 1; 1 gives zeros.

    Returns:
        [N, C + 1, H, W]. Double-differentiable.

    Source: Karras et al. 2018, "Progressive Growing of GANs", section 3.
    """
    count, channels, height, width = features.shape
    group = math.gcd(count, group_size)
    grouped = features.float().reshape(count // group, group, channels, height, width)
    variance = (grouped - grouped.mean(dim=1, keepdim=True)).square().mean(dim=1)
    spread = (variance + 1e-8).sqrt().mean(dim=(1, 2, 3))
    channel = spread.repeat_interleave(group)[:, None, None, None].expand(count, 1, height, width)
    return torch.cat([features, channel.to(features.dtype)], dim=1)
