"""Means of a polynomial kernel, in bounded memory: parts of the unbiased squared maximum mean discrepancy.

MMD^2(X, Y) = mean_within(X) + mean_within(Y) - 2 mean_between(X, Y): 0 on average where X and Y are of one
distribution, so it may be below 0.

Source: Gretton et al. 2012, "A Kernel Two-Sample Test", eq. 3; Binkowski et al. 2018, "Demystifying MMD
GANs", section 4, for the kernel.
"""

from __future__ import annotations

from itertools import product

from torch import Tensor

BLOCK = 1024
"""Rows of the kernel matrix held at once: 1024 x 1024 float64 are 8 MB."""


def polynomial_kernel(x: Tensor, y: Tensor) -> Tensor:
    """k(x, y) = (x . y / D + 1)^3 of rows x [N, D] and y [M, D]: [N, M]."""
    return (x @ y.T / x.shape[1] + 1) ** 3


def mean_within(features: Tensor) -> float:
    """Mean kernel of two different rows of features [N, D] float64, N >= 2."""
    count = len(features)
    diagonal = float(((features.square().sum(dim=1) / features.shape[1] + 1) ** 3).sum())
    return (_total(features, features) - diagonal) / (count * (count - 1))


def mean_between(x: Tensor, y: Tensor) -> float:
    """Mean kernel of a row of x [N, D] and a row of y [M, D], both float64."""
    return _total(x, y) / (len(x) * len(y))


def _total(x: Tensor, y: Tensor) -> float:
    blocks = product(range(0, len(x), BLOCK), range(0, len(y), BLOCK))
    return sum((float(polynomial_kernel(x[i : i + BLOCK], y[j : j + BLOCK]).sum()) for i, j in blocks), 0.0)
