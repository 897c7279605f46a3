"""The Frechet distance of infinitely many generated images, from a line through those of fewer.

Source: Chong and Forsyth 2020, "Effectively Unbiased FID and Inception Score and Where to Find Them", section 4:
the distance is linear in 1/N up to smaller terms, so the line's value at 1/N = 0 is free of the bias that
the finite number of generated images makes. What the finite number of reals makes stays.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo_metrics.frechet import Gaussian, fit_gaussian, frechet_distance_of_factors

POINTS = 15
"""Sizes of the samples the line is laid through, as in the paper."""


def frechet_distance_at_infinity(real: Gaussian, generated: Tensor) -> float:
    """The line's value at 1/N = 0; noise may take it below 0.

    Args:
        real: fitted to the reals.
        generated: features [N, D], N >= 4.
    """
    generator = torch.Generator().manual_seed(0)
    sizes = sample_sizes(*generated.shape)
    distances = []
    for size in sizes:
        chosen = torch.randperm(len(generated), generator=generator)[:size]
        fake = fit_gaussian(generated[chosen])
        distances.append(frechet_distance_of_factors(real.mean, real.factor, fake.mean, fake.factor))
    inverse = torch.tensor([[1.0, 1.0 / size] for size in sizes], dtype=torch.float64)
    line = torch.linalg.lstsq(inverse, torch.tensor(distances, dtype=torch.float64)[:, None]).solution
    return float(line[0, 0])


def sample_sizes(count: int, dim: int) -> list[int]:
    """At most 15 sizes up to `count`, evenly spaced: from a tenth of it, as in the paper, but above `dim` if it can be.

    Below `dim` images the covariance is singular, and the distance no line.
    """
    least = max(2, count // 10, min(dim + 1, count // 2))
    return sorted({round(size) for size in torch.linspace(least, count, POINTS, dtype=torch.float64).tolist()})
