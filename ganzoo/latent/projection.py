"""From an image back to a style that makes it, as nearly as G can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from ganzoo.contracts import Generator
from ganzoo.latent.space import StyleSpace

SMALLEST = 4
"""Pixels of the coarsest scale."""
PRIOR = 1e-4
"""Weight of the coordinates' mean square, 1 for styles as G was trained on: what the image does not decide stays so."""
RATE = 0.1
BATCH = 64

Features = Callable[[Tensor], Tensor]
"""Differentiable: images [N, C, H, W] in [-1, 1] -> features [N, ...]."""


@dataclass(frozen=True, slots=True)
class Found:
    """What `project` found.

    Attributes:
        style: [*style].
        image: [C, H, W], made from it, in [-1, 1].
        losses: of the best so far, after each step.
    """

    style: Tensor
    image: Tensor
    losses: tuple[float, ...]


def pixel_distance(images: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference at full size and at each half of it down to 4 px, averaged: coarse shapes count too.

    Args:
        images: [N, C, H, W] in [-1, 1].
        target: [1, C, H, W] or [N, C, H, W].

    Returns:
        [N].
    """
    difference = images - target
    distances = [difference.square().mean(dim=(1, 2, 3))]
    while min(difference.shape[-2:]) >= 2 * SMALLEST:
        difference = functional.avg_pool2d(difference, 2)
        distances.append(difference.square().mean(dim=(1, 2, 3)))
    return torch.stack(distances).mean(dim=0)


def feature_distance(images: Tensor, target: Tensor, features: Features) -> Tensor:
    """Squared difference of features over the target's mean square, [N]: 0 the same, about 1 or 2 nothing alike."""
    wanted = features(target).detach()
    difference = (features(images) - wanted).square().flatten(start_dim=1).mean(dim=1)
    return difference / wanted.square().mean().clamp_min(1e-8)


def project(
    generator: Generator,
    target: Tensor,
    spaces: dict[int | None, StyleSpace],
    starts: Tensor,
    steps: int,
    features: Features | None = None,
    feature_weight: float = 0.1,
) -> Found:
    """A style whose image is near the target: the best of some styles drawn at random, then Adam on its coordinates.

    The search moves in the space of styles that latents give, so that the result is one G knows how to draw.

    Args:
        generator: in eval mode; its weights do not change.
        target: [C, H, W] in [-1, 1].
        spaces: by label where it is to be searched among several classes, else one of them.
        starts: [M, latent_dim] latents to begin from, tried in each space.
        steps: at least 1.
        features: compare these too.
        feature_weight: beside the pixels' 1.

    Source: the loss over scales follows Laplacian pyramids, Bojanowski et al. 2018, "Optimizing the Latent Space of
    Generative Networks"; projection with a rate that rises and falls: Karras et al. 2020, StyleGAN2, appendix D.
    """
    target = target[None]

    def distance(images: Tensor) -> Tensor:
        pixels = pixel_distance(images, target)
        return pixels if features is None else pixels + feature_weight * feature_distance(images, target, features)

    space, begin = _nearest(generator, distance, spaces, starts)
    coordinates = begin.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([coordinates], lr=RATE)
    best, best_style, losses = float("inf"), space.styles(begin), []
    for step in range(steps + 1):  # the last one only looks
        style = space.styles(coordinates)
        found = distance(_drawn(generator, style))
        if (now := float(found.detach())) < best:
            best, best_style = now, style.detach()
        losses.append(best)
        if step == steps:
            break
        loss = found.sum() + PRIOR * coordinates.square().mean()
        (coordinates.grad,) = torch.autograd.grad(loss, coordinates)
        for group in optimizer.param_groups:
            group["lr"] = RATE * _ramp(step / steps)
        optimizer.step()
    with torch.no_grad():
        image = _drawn(generator, best_style)[0]
    return Found(best_style[0], image, tuple(losses[1:]))


def _nearest(
    generator: Generator, distance: Callable[[Tensor], Tensor], spaces: dict[int | None, StyleSpace], starts: Tensor
) -> tuple[StyleSpace, Tensor]:
    """The space and the coordinates [1, R] of the start that is nearest to the target; the middle is tried too."""
    best: tuple[float, StyleSpace, Tensor] | None = None
    for label, space in spaces.items():
        labels = None if label is None else torch.full((len(starts),), label, device=starts.device)
        with torch.no_grad():
            drawn = space.coordinates(generator.embed(starts, labels).float())
            tried = torch.cat([torch.zeros_like(drawn[:1]), drawn])
            found = torch.cat([distance(_drawn(generator, space.styles(some))) for some in torch.split(tried, BATCH)])
        index = int(found.argmin())
        if best is None or float(found[index]) < best[0]:
            best = (float(found[index]), space, tried[index : index + 1])
    assert best is not None  # there is a space at least
    return best[1], best[2]


def _drawn(generator: Generator, style: Tensor) -> Tensor:
    """As they are shown: clipped where G does not do it itself."""
    images = generator.synthesise(style).float()
    return images if generator.bounded else images.clamp(-1, 1)


def _ramp(share: float) -> float:
    """Up over the first twentieth, down over the last quarter."""
    return min(1.0, (share + 0.01) / 0.05, (1 - share) / 0.25)
