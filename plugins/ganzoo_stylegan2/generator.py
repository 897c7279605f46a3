"""StyleGAN2's generator. Imports torch; loaded when one is built."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganzoo.contracts import Generator, ImageShape
from ganzoo.plugin import check_image_shape, doubling_widths, given_labels, halvings
from ganzoo_stylegan2.config import StyleGAN2GeneratorConfig
from ganzoo_stylegan2.layers import EqualLinear, activated, doubled

SMALLEST, LARGEST = 8, 1024
COARSEST = 4
MAPPING_RATE = 0.01
LAYERS_A_STAGE = 2


def unit_length(values: Tensor) -> Tensor:
    """[N, D], each vector scaled to a mean square of 1."""
    return values * (values.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()


class Mapping(nn.Module):
    """Latents, and an embedding of the label where there are labels, to one style by dense layers."""

    def __init__(self, config: StyleGAN2GeneratorConfig, num_classes: int | None) -> None:
        super().__init__()
        self.label_embedding = None if num_classes is None else nn.Embedding(num_classes, config.style_dim)
        first = config.latent_dim + (0 if num_classes is None else config.style_dim)
        sizes = [first, *[config.style_dim] * config.mapping_layers]
        self.layers = nn.ModuleList(EqualLinear(before, after, rate=MAPPING_RATE) for before, after in pairwise(sizes))

    def forward(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> [N, style_dim]."""
        values = unit_length(latents)
        if self.label_embedding is not None:
            embedded = self.label_embedding(given_labels(labels, self.label_embedding.num_embeddings))
            values = torch.cat([values, unit_length(embedded)], dim=1)
        for layer in self.layers:
            values = activated(layer(values))
        return values


class ModulatedConvolution(nn.Module):
    """A convolution whose input channels are scaled by the style, and its output back to unit variance.

    w' = s_i w_ijk, w'' = w' / sqrt(sum over i and k of w'²). The scaling is done on the images before and after a plain
    convolution, which is the same and needs no convolution of its own for each image.

    Source: Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", section 2.2, eqs. 1 and 3.

    Args:
        kernel: 3, or 1 to colours.
        demodulate: whether the output is scaled back.
    """

    def __init__(self, incoming: int, outgoing: int, kernel: int, style_dim: int, *, demodulate: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outgoing, incoming, kernel, kernel))
        self.scale = 1 / math.sqrt(incoming * kernel**2)
        self.style = EqualLinear(style_dim, incoming, bias=1.0)
        self.demodulate = demodulate

    def forward(self, images: Tensor, style: Tensor) -> Tensor:
        """images [N, incoming, H, W], style [N, style_dim] -> [N, outgoing, H, W]."""
        scales = self.style(style)
        weight = self.weight * self.scale
        made = functional.conv2d(images * scales[:, :, None, None], weight, padding=weight.shape[-1] // 2)
        if not self.demodulate:
            return made
        variance = scales.float().square() @ weight.float().square().sum(dim=(2, 3)).T
        demodulated: Tensor = made * (variance + 1e-8).rsqrt().to(made.dtype)[:, :, None, None]
        return demodulated


class StyledLayer(nn.Module):
    """A modulated convolution, at twice the size if asked for, noise, bias, leaky ReLU."""

    fixed_noise: Tensor

    def __init__(self, incoming: int, outgoing: int, size: int, config: StyleGAN2GeneratorConfig, *, up: bool) -> None:
        super().__init__()
        self.up = up
        self.convolution = ModulatedConvolution(incoming, outgoing, 3, config.style_dim)
        self.bias = nn.Parameter(torch.zeros(outgoing))
        self.strength = nn.Parameter(torch.zeros(())) if config.noise else None
        if config.noise:
            self.register_buffer("fixed_noise", torch.randn(1, 1, size, size))

    def forward(self, images: Tensor, style: Tensor) -> Tensor:
        """images [N, incoming, H, W], style [N, style_dim] -> [N, outgoing, H, W], or 2H, 2W."""
        # Doubling before or after the convolution is the same: both are filters, away from the borders.
        images = self.convolution(doubled(images) if self.up else images, style)
        if self.strength is not None:
            noise = self.fixed_noise
            if self.training:
                noise = torch.randn(len(images), *noise.shape[1:], device=images.device)
            images = images + (self.strength * noise).to(images.dtype)
        return activated(images + self.bias.to(images.dtype)[:, None, None])


class StyleGAN2Generator(Generator):
    """Mapping network, then from a learnt 4 px: modulated convolutions; each stage adds its colours to the image.

    The style is [N, layers, style_dim], a style for each layer; `embed` gives all layers one style, or while training,
    to a share of the images, two. Nothing squashes the images at the end, and nothing is truncated.

    Raises:
        UsageError: a shape it cannot make.
    """

    bounded: ClassVar[bool] = False

    def __init__(self, config: StyleGAN2GeneratorConfig, shape: ImageShape) -> None:
        check_image_shape("stylegan2", shape, SMALLEST, LARGEST)
        super().__init__(shape, config.latent_dim)
        self.style_mixing = config.style_mixing
        self.mapping = Mapping(config, shape.num_classes)
        widths = doubling_widths(halvings(shape.size, COARSEST) + 1, config.width, config.growth)[::-1]
        self.layers_in_all = LAYERS_A_STAGE * len(widths)
        self.start = nn.Parameter(torch.randn(widths[0], COARSEST, COARSEST))
        self.layers, self.to_images = nn.ModuleList(), nn.ModuleList()
        self.image_biases = nn.ParameterList()
        before, size = widths[0], COARSEST
        for width in widths:
            stage = [] if size == COARSEST else [StyledLayer(before, width, size, config, up=True)]
            stage.append(StyledLayer(width, width, size, config, up=False))
            self.layers.append(nn.ModuleList(stage))
            self.to_images.append(ModulatedConvolution(width, shape.channels, 1, config.style_dim, demodulate=False))
            self.image_biases.append(nn.Parameter(torch.zeros(shape.channels)))
            before, size = width, 2 * size

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> styles [N, layers, style_dim]."""
        count, layers = latents.shape[0], self.layers_in_all  # `len` would fix the batch of an exported network
        styles: Tensor = self.mapping(latents, labels)[:, None].expand(count, layers, -1)
        if not self.training or self.style_mixing == 0:
            return styles
        others: Tensor = self.mapping(torch.randn_like(latents), labels)[:, None]
        # From a random layer on, but never the first, the style is another's.
        start = torch.randint(1, layers, (count, 1), device=latents.device)
        mixed = torch.rand(count, 1, device=latents.device) < self.style_mixing
        theirs = mixed & (torch.arange(layers, device=latents.device) >= start)
        return torch.where(theirs[:, :, None], others, styles)

    def synthesise(self, style: Tensor) -> Tensor:
        """styles [N, layers, style_dim] -> images [N, C, H, W], of the order of 1."""
        features: Tensor = self.start.expand(style.shape[0], -1, -1, -1)
        images: Tensor | None = None
        layer = 0
        for stage, to_image, bias in zip(self.layers, self.to_images, self.image_biases, strict=True):
            assert isinstance(stage, nn.ModuleList)
            for styled in stage:
                features = styled(features, style[:, layer])
                layer += 1
            # Colours share the style of the next stage's first layer.
            colours = to_image(features, style[:, layer]).float() + bias[:, None, None]
            images = colours if images is None else doubled(images) + colours
        assert images is not None
        return images
