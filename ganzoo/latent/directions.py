"""Which ways in the latent change the image most."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.contracts import Generator
from ganzoo.latent.space import StyleSpace

BATCH = 32


@dataclass(frozen=True, slots=True)
class Directions:
    """Directions in the space of styles, that of the largest effect first.

    Attributes:
        steps: [K, *style], one standard deviation of the styles along each.
        effects: [K], root mean square change of a pixel, in [-1, 1], that a small step makes, for each unit of it.
    """

    steps: Tensor
    effects: Tensor


def principal_directions(
    generator: Generator, space: StyleSpace, coordinates: Tensor, probes: Tensor, count: int
) -> Directions:
    """Eigenvectors of the mean of J^T J, J the image's derivative by the coordinates of the style.

    That matrix says how far, in squared pixel differences, the image moves when the style does; it hardly depends on
    where one stands, so that its mean over styles has directions that hold for all. It is estimated by one backward an
    image and probe: for v standard normal in the space of images, E[(J^T v)(J^T v)^T] = J^T J.

    Args:
        generator: in eval mode.
        space: of its styles.
        coordinates: [M, R], where to look.
        probes: [M, C, H, W], standard normal.
        count: of directions, at most R.

    Source: Wang & Ponce 2021, "The Geometry of Deep Generative Image Models and its Applications", sections 2 and 3;
    its closed form for a first layer alone is Shen & Zhou 2021 (SeFa).
    """
    pulled = torch.cat(
        [
            _pulled_back(generator, space, *some)
            for some in zip(torch.split(coordinates, BATCH), torch.split(probes, BATCH), strict=True)
        ]
    )
    values, vectors = torch.linalg.eigh(pulled.T @ pulled / len(pulled))
    largest_first = values.argsort(descending=True)[:count]
    effects = (values[largest_first].clamp_min(0) / probes[0].numel()).sqrt()
    ways = _signed(vectors.T[largest_first])
    return Directions(torch.einsum("kr,r...->k...", ways, space.axes), effects)


@torch.no_grad()
def strip(generator: Generator, directions: Directions, style: Tensor, reach: float, columns: int) -> Tensor:
    """Images along each direction, from `-reach` to `reach` standard deviations around one style.

    Args:
        generator: in eval mode.
        directions: K of them.
        style: [*style], the middle of each row.
        reach: in standard deviations.
        columns: images in a row; odd, so that the middle one is the style's own.

    Returns:
        [K * columns, C, H, W] row by row, as G makes them.
    """
    shares = torch.linspace(-reach, reach, columns, device=style.device)
    rows = [style + torch.einsum("c,...->c...", shares, step) for step in directions.steps]
    return torch.cat([generator.synthesise(row).float() for row in rows])


def _pulled_back(generator: Generator, space: StyleSpace, coordinates: Tensor, probes: Tensor) -> Tensor:
    """J^T v, [M, R]."""
    coordinates = coordinates.detach().clone().requires_grad_(True)
    images = generator.synthesise(space.styles(coordinates)).float()
    (pulled,) = torch.autograd.grad((images * probes).sum(), coordinates, materialize_grads=True)
    return pulled


def _signed(vectors: Tensor) -> Tensor:
    """Each with its largest entry positive: an eigenvector's sign means nothing, and should not change by chance."""
    largest = vectors.gather(1, vectors.abs().argmax(dim=1, keepdim=True))
    return vectors * torch.where(largest < 0, -1.0, 1.0)
