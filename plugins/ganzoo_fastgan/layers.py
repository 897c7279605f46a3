"""What FastGAN's two networks are made of. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

WEIGHT_STD = 0.02
LEAK = 0.2
SKIP_POOL = 4


def convolution(incoming: int, outgoing: int, kernel: int, stride: int = 1, padding: int = 0) -> nn.Module:
    """A convolution without bias, spectrally normalised; N(0, 0.02) at first."""
    layer = nn.Conv2d(incoming, outgoing, kernel, stride, padding, bias=False)
    nn.init.normal_(layer.weight, 0.0, WEIGHT_STD)
    return nn.utils.parametrizations.spectral_norm(layer)


class Noise(nn.Module):
    """Adds one random number a position, times a learnt weight that begins at 0; in eval mode the same ones each time.

    Never left out: the batch norm behind it knows its variance.

    Args:
        size: height and width of what comes, in pixels.
    """

    fixed: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.register_buffer("fixed", torch.randn(1, 1, size, size))

    def forward(self, images: Tensor) -> Tensor:
        """[N, C, H, W] -> the same shape."""
        noise = torch.randn(len(images), 1, *images.shape[2:], device=images.device) if self.training else self.fixed
        return images + (self.weight * noise).to(images.dtype)


def gated(outgoing: int) -> list[nn.Module]:
    """Batch norm of twice the channels, half of which gate the other half (GLU, Dauphin et al. 2017)."""
    return [nn.BatchNorm2d(2 * outgoing), nn.GLU(dim=1)]


def up(incoming: int, outgoing: int) -> list[nn.Module]:
    """Twice the size by nearest neighbours, 3 x 3, batch norm, GLU."""
    return [nn.Upsample(scale_factor=2), convolution(incoming, 2 * outgoing, 3, padding=1), *gated(outgoing)]


def up_with_noise(incoming: int, outgoing: int, size: int) -> list[nn.Module]:
    """The same with noise, and a second convolution with noise; to `size` pixels."""
    first, second = (convolution(before, 2 * outgoing, 3, padding=1) for before in (incoming, outgoing))
    return [nn.Upsample(scale_factor=2), first, Noise(size), *gated(outgoing), second, Noise(size), *gated(outgoing)]


class SkipExcitation(nn.Module):
    """Gates each channel of large features by what small ones show: y = F(x_small) x_large.

    Source: Liu et al. 2021, "Towards Faster and Stabilized GAN Training", section 3.1, eq. 1.

    Args:
        small: channels of the small features.
        large: channels of the large ones.
    """

    def __init__(self, small: int, large: int) -> None:
        super().__init__()
        self.squeeze = convolution(small, large, SKIP_POOL)
        self.gate = convolution(large, large, 1)

    def forward(self, small: Tensor, large: Tensor) -> Tensor:
        """[N, small, h, w], [N, large, H, W] -> [N, large, H, W]."""
        pooled = functional.adaptive_avg_pool2d(small, SKIP_POOL)
        gate: Tensor = torch.sigmoid(self.gate(functional.silu(self.squeeze(pooled))))
        return large * gate


def down(incoming: int, outgoing: int) -> list[nn.Module]:
    """Half the size by 4 x 4, batch norm, leaky ReLU."""
    return [convolution(incoming, outgoing, 4, 2, 1), nn.BatchNorm2d(outgoing), nn.LeakyReLU(LEAK, inplace=True)]


class DownBlock(nn.Module):
    """Half the size on two ways, by convolutions and by pooling; their mean."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *down(incoming, outgoing),
            convolution(outgoing, outgoing, 3, padding=1),
            nn.BatchNorm2d(outgoing),
            nn.LeakyReLU(LEAK, inplace=True),
        )
        self.direct = nn.Sequential(
            nn.AvgPool2d(2),
            convolution(incoming, outgoing, 1),
            nn.BatchNorm2d(outgoing),
            nn.LeakyReLU(LEAK, inplace=True),
        )

    def forward(self, images: Tensor) -> Tensor:
        """[N, incoming, H, W] -> [N, outgoing, H / 2, W / 2]."""
        result: Tensor = (self.main(images) + self.direct(images)) / 2
        return result


def decoder(incoming: int, channels: int, doublings: int) -> nn.Sequential:
    """8 px features to a small image in [-1, 1]: doubled, halving the channels from at most 128."""
    layers: list[nn.Module] = []
    before = incoming
    for doubling in range(doublings):
        after = max(8, min(incoming, 128) // 2**doubling)
        layers += up(before, after)
        before = after
    return nn.Sequential(*layers, convolution(before, channels, 3, padding=1), nn.Tanh())
