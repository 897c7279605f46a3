"""The residual blocks of Miyato et al. 2018, conditional batch norm and projection of labels. Imports torch.

Of them `ganzoo_sngan` and `ganzoo_sagan` are built.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganzoo.plugin import given_labels

RESIDUAL_GAIN = math.sqrt(2)


def convolution(incoming: int, outgoing: int, kernel: int, gain: float = 1.0) -> nn.Conv2d:
    """A convolution that keeps the size; weights as Glorot & Bengio 2010 (uniform) times `gain`, biases 0."""
    layer = nn.Conv2d(incoming, outgoing, kernel, padding=kernel // 2)
    nn.init.xavier_uniform_(layer.weight, gain)
    nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # it has one
    return layer


class ConditionalBatchNorm(nn.Module):
    """Batch norm whose scale and shift are the label's own; without labels, plain batch norm.

    Source: Dumoulin et al. 2017, "A Learned Representation for Artistic Style", eq. 5; in a GAN Miyato & Koyama 2018.

    Args:
        width: channels.
        num_classes: labels, or None.
    """

    def __init__(self, width: int, num_classes: int | None) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(width, affine=num_classes is None)
        self.scale = self.shift = None
        if num_classes is not None:
            self.scale = nn.Parameter(torch.ones(num_classes, width))
            self.shift = nn.Parameter(torch.zeros(num_classes, width))

    def forward(self, images: Tensor, classes: Tensor | None) -> Tensor:
        """[N, width, H, W], classes [N, num_classes] (one-hot, or a mixture) or None -> the same shape."""
        normed: Tensor = self.norm(images)
        if self.scale is None or self.shift is None or classes is None:
            return normed
        return normed * (classes @ self.scale)[:, :, None, None] + (classes @ self.shift)[:, :, None, None]


class UpBlock(nn.Module):
    """Norm, ReLU, twice the size, 3 x 3, norm, ReLU, 3 x 3; beside it 1 x 1 and twice the size. Nearest neighbours."""

    def __init__(self, incoming: int, outgoing: int, num_classes: int | None) -> None:
        super().__init__()
        self.norm1 = ConditionalBatchNorm(incoming, num_classes)
        self.convolution1 = convolution(incoming, outgoing, 3, RESIDUAL_GAIN)
        self.norm2 = ConditionalBatchNorm(outgoing, num_classes)
        self.convolution2 = convolution(outgoing, outgoing, 3, RESIDUAL_GAIN)
        self.shortcut = convolution(incoming, outgoing, 1)

    def forward(self, images: Tensor, classes: Tensor | None) -> Tensor:
        """[N, incoming, H, W], classes [N, num_classes] or None -> [N, outgoing, 2H, 2W]."""
        inner = _doubled(self.norm1(images, classes).relu())
        inner = self.norm2(self.convolution1(inner), classes).relu()
        result: Tensor = self.convolution2(inner) + _doubled(self.shortcut(images))
        return result


class DownBlock(nn.Module):
    """ReLU, 3 x 3, ReLU, 3 x 3, half the size; beside it half the size and 1 x 1. Means of 2 x 2.

    Args:
        first: sees the image itself, so it begins without ReLU.
        halve: whether the size is halved; if not, and the channels stay, the other way is the identity.
    """

    def __init__(self, incoming: int, outgoing: int, *, first: bool = False, halve: bool = True) -> None:
        super().__init__()
        self.first, self.halve = first, halve
        inner = outgoing if first else incoming
        self.convolution1 = convolution(incoming, inner, 3, RESIDUAL_GAIN)
        self.convolution2 = convolution(inner, outgoing, 3, RESIDUAL_GAIN)
        self.shortcut = convolution(incoming, outgoing, 1) if halve or incoming != outgoing else nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """[N, incoming, H, W] -> [N, outgoing, H / 2, W / 2], or H, W where it does not halve."""
        inner = self.convolution1(images if self.first else images.relu())
        inner = self.convolution2(inner.relu())
        if self.halve:
            inner, images = functional.avg_pool2d(inner, 2), functional.avg_pool2d(images, 2)
        result: Tensor = inner + self.shortcut(images)
        return result


def spectrally_normalised(network: nn.Module) -> None:
    """Divide each convolution, linear layer and embedding by its largest singular value, in place.

    One power iteration in each forward while training. Source: Miyato et al. 2018, algorithm 1.
    """
    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding):
            nn.utils.parametrizations.spectral_norm(module)


def projected(pooled: Tensor, embedding: nn.Embedding | None, labels: Tensor | None) -> Tensor | float:
    """<features, embedding of the label>, [N]; 0 for a network that was built without labels.

    Source: Miyato & Koyama 2018, "cGANs with Projection Discriminator", eq. 7.

    Args:
        pooled: [N, width].
        embedding: of num_classes labels in [width].
        labels: [N].
    """
    if embedding is None:
        return 0.0
    direction: Tensor = embedding(given_labels(labels, embedding.num_embeddings))
    return (direction * pooled).sum(dim=1)


def _doubled(images: Tensor) -> Tensor:
    return functional.interpolate(images, scale_factor=2, mode="nearest")
