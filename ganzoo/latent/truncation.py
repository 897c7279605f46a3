"""Fewer surprises: styles drawn towards the middle of their class."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ganzoo.contracts import Generator
from ganzoo.errors import UsageError


def truncated(style: Tensor, mean: Tensor, truncation: float) -> Tensor:
    """mean + truncation (style - mean): 1 leaves the styles, 0 gives all the same; above 1 they stray.

    Where a generator's style is its latents, whose mean is 0, this is scaling the latents.

    Source: Karras et al. 2019, "A Style-Based Generator Architecture for Generative Adversarial Networks", appendix B;
    the trade of variety for fidelity is Brock et al. 2019's (BigGAN), section 3.1.

    Args:
        style: [N, *style].
        mean: [*style], or [N, *style].
        truncation: at least 0.
    """
    return mean + truncation * (style - mean)


def truncated_styles(
    generator: Generator,
    latents: Tensor,
    labels: Tensor | None,
    truncation: float,
    middle_of: Callable[[int | None], Tensor],
) -> Tensor:
    """Styles of latents, drawn towards the middle of their class.

    Args:
        generator: in eval mode.
        latents: [N, latent_dim].
        labels: [N], or None.
        truncation: 1 leaves them as they are.
        middle_of: a class -> its middle, [*style]; None: of a generator without classes. Not asked where nothing is
            drawn towards it.

    Raises:
        UsageError: a truncation that is negative, or no number.
    """
    if not 0 <= truncation < math.inf:
        raise UsageError(f"truncation {truncation:g}: it must be 0 or more; 1 changes nothing")
    style = generator.embed(latents, labels)
    if truncation == 1:
        return style
    if labels is None:
        return truncated(style, middle_of(None), truncation)
    means = {label: middle_of(label) for label in set(labels.tolist())}
    return truncated(style, torch.stack([means[label] for label in labels.tolist()]), truncation)
