"""The space of styles as the latents fill it: its middle, and axes of equal weight."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.contracts import Generator

LEAST = 1e-4
"""Axes along which the styles spread less than this share of their widest are none."""


@dataclass(frozen=True, slots=True)
class StyleSpace:
    """Styles as coordinates: about independent, mean 0 and variance 1 where latents are drawn as in training.

    The axes are the principal components of the styles, scaled by their spread. A label, which all styles of one class
    share, is part of the middle and of no axis.

    Source: Härkönen et al. 2020, "GANSpace: Discovering Interpretable GAN Controls", section 2.1.

    Attributes:
        mean: [*style], the middle.
        axes: [R, *style], one standard deviation along each; R <= the latents' dimensions.
    """

    mean: Tensor
    axes: Tensor

    def styles(self, coordinates: Tensor) -> Tensor:
        """coordinates [N, R] -> styles [N, *style]."""
        return self.mean + torch.einsum("nr,r...->n...", coordinates, self.axes)

    def coordinates(self, styles: Tensor) -> Tensor:
        """styles [N, *style] -> [N, R]: of the nearest styles that the axes reach."""
        axes = self.axes.flatten(start_dim=1)
        weight = axes.square().sum(dim=1)
        return (styles - self.mean).flatten(start_dim=1) @ axes.T / weight


@torch.no_grad()
def style_space(generator: Generator, latents: Tensor, label: int | None = None) -> StyleSpace:
    """The space that these latents, and their opposites, fill.

    Args:
        generator: in eval mode.
        latents: [N, latent_dim], standard normal; some times as many as dimensions.
        label: of all of them, where G is conditional.
    """
    styles = generator.embed(*_with_label(torch.cat([latents, -latents]), label)).float()
    mean = styles.mean(dim=0)
    centred = (styles - mean).flatten(start_dim=1)
    _, spreads, components = torch.linalg.svd(centred, full_matrices=False)
    spreads = spreads / len(styles) ** 0.5
    kept = spreads > LEAST * spreads[:1].clamp_min(torch.finfo(spreads.dtype).tiny)
    if styles.shape == latents.repeat(2, 1).shape:  # where the latents are the style, more axes are rounding
        kept[generator.latent_dim :] = False
    axes = components[kept] * spreads[kept, None]
    return StyleSpace(mean, axes.unflatten(1, mean.shape))


@torch.no_grad()
def middle(generator: Generator, latents: Tensor, label: int | None = None) -> Tensor:
    """The mean style of a class, [*style], over these latents and their opposites."""
    return generator.embed(*_with_label(torch.cat([latents, -latents]), label)).float().mean(dim=0)


def _with_label(latents: Tensor, label: int | None) -> tuple[Tensor, Tensor | None]:
    labels = None if label is None else torch.full((len(latents),), label, device=latents.device)
    return latents, labels
