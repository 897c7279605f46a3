"""Balls around features that reach to the k-th nearest neighbour, and who lies in them; in bounded memory.

Source: Kynkaanniemi et al. 2019, "Improved Precision and Recall Metric for Assessing Generative Models", section 2;
Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative Models", section 3.
"""

from __future__ import annotations

import torch
from torch import Tensor

BLOCK = 2048
"""Rows compared with all others at once."""


def squared_radii(features: Tensor, k: int) -> Tensor:
    """Squared distance of each row of features [N, D] to its k-th nearest other row, N > k: [N]."""
    centred = features - features.mean(dim=0)
    radii = []
    for start in range(0, len(centred), BLOCK):
        block = centred[start : start + BLOCK]
        distances = _squared_distances(block, centred)
        rows = torch.arange(len(block))
        distances[rows, start + rows] = torch.inf  # no row is a neighbour of itself
        radii.append(distances.kthvalue(k, dim=1).values)
    return torch.cat(radii)


def ball_counts(points: Tensor, centres: Tensor, radii: Tensor) -> tuple[Tensor, Tensor]:
    """Which points lie in which closed balls.

    Args:
        points: [P, D].
        centres: [C, D].
        radii: [C], squared.

    Returns:
        Of each point the balls it lies in, [P] int64; of each ball the points in it, [C] int64.
    """
    middle = centres.mean(dim=0)
    points, centres = points - middle, centres - middle
    # A point at a centre lies in its ball even where the radius is 0; rounding must not put it outside.
    slack = 16 * torch.finfo(points.dtype).eps
    reach = radii + slack * centres.square().sum(dim=1)
    in_balls, inhabitants = [], torch.zeros(len(centres), dtype=torch.int64)
    for start in range(0, len(points), BLOCK):
        block = points[start : start + BLOCK]
        inside = _squared_distances(block, centres) <= reach + slack * block.square().sum(dim=1, keepdim=True)
        in_balls.append(inside.sum(dim=1))
        inhabitants += inside.sum(dim=0)
    return torch.cat(in_balls), inhabitants


def _squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """[N, D], [M, D] -> [N, M], >= 0. Of centred features, so that large common values cancel nothing."""
    lengths = x.square().sum(dim=1, keepdim=True) + y.square().sum(dim=1)
    return torch.addmm(lengths, x, y.T, alpha=-2).clamp_(min=0)
