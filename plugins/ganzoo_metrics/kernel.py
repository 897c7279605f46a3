"""Sums of a polynomial kernel, in bounded memory, and the unbiased squared maximum mean discrepancy from them.

MMD^2(X, Y) = mean k(x, x') + mean k(y, y') - 2 mean k(x, y), over pairs of different rows: 0 on average where X and Y
are of one distribution, so it may be below 0.

Source: Gretton et al. 2012, "A Kernel Two-Sample Test", eq. 3; Binkowski et al. 2018, "Demystifying MMD
GANs", section 4, for the kernel. The standard error is the two-sample jackknife: Arvesen 1969, "Jackknifing
U-Statistics".
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

BLOCK = 1024
"""Rows of the kernel matrix held at once: 1024 x 1024 float32 are 4 MB, about a core's cache."""


class KernelSums(NamedTuple):
    """What the discrepancy of X [N, D] and Y [M, D] is made of, all float64.

    Attributes:
        within_x: [N], each row's kernels with the other rows of X, summed.
        within_y: [M], the same for Y.
        between_x: [N], each row of X's kernels with all of Y.
        between_y: [M], each row of Y's kernels with all of X.
    """

    within_x: Tensor
    within_y: Tensor
    between_x: Tensor
    between_y: Tensor


def polynomial_kernel(x: Tensor, y: Tensor) -> Tensor:
    """k(x, y) = (x . y / D + 1)^3 of rows x [N, D] and y [M, D]: [N, M] in their type."""
    one = torch.ones((), dtype=x.dtype, device=x.device)
    return torch.addmm(one, x, y.T, alpha=1 / x.shape[1]).pow_(3)


def sums_within(features: Tensor) -> Tensor:
    """Of each row of features [N, D], the sum of its kernels with the other rows: [N] float64.

    Products are taken in the features' type and summed in float64: the rounding of single products is far below
    the noise of a finite sample, and averages out.
    """
    sums = torch.zeros(len(features), dtype=torch.float64)
    for start in range(0, len(features), BLOCK):
        rows = slice(start, start + BLOCK)
        diagonal = polynomial_kernel(features[rows], features[rows])
        sums[rows] += diagonal.fill_diagonal_(0).sum(dim=1, dtype=torch.float64)
        for further in range(start + BLOCK, len(features), BLOCK):
            columns = slice(further, further + BLOCK)
            block = polynomial_kernel(features[rows], features[columns])
            sums[rows] += block.sum(dim=1, dtype=torch.float64)
            sums[columns] += block.sum(dim=0, dtype=torch.float64)
    return sums


def sums_between(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Of each row of x [N, D] and of y [M, D], the sum of its kernels with all rows of the other: [N], [M] float64."""
    of_x = torch.zeros(len(x), dtype=torch.float64)
    of_y = torch.zeros(len(y), dtype=torch.float64)
    for i in range(0, len(x), BLOCK):
        for j in range(0, len(y), BLOCK):
            block = polynomial_kernel(x[i : i + BLOCK], y[j : j + BLOCK])
            of_x[i : i + BLOCK] += block.sum(dim=1, dtype=torch.float64)
            of_y[j : j + BLOCK] += block.sum(dim=0, dtype=torch.float64)
    return of_x, of_y


def squared_discrepancy(sums: KernelSums) -> float:
    """The unbiased squared discrepancy of X and Y, N, M >= 2."""
    n, m = len(sums.within_x), len(sums.within_y)
    within = sums.within_x.sum() / (n * (n - 1)) + sums.within_y.sum() / (m * (m - 1))
    return float(within - 2 * sums.between_x.sum() / (n * m))


def standard_error(sums: KernelSums) -> float | None:
    """Of the squared discrepancy, over other samples of the same two distributions; None for fewer than 3 rows.

    The spread of what it would be without each row in turn.
    """
    n, m = len(sums.within_x), len(sums.within_y)
    if min(n, m) < 3:
        return None
    variance = _jackknife(sums.within_x, sums.between_x, m) + _jackknife(sums.within_y, sums.between_y, n)
    return float(variance.sqrt())


def _jackknife(within: Tensor, between: Tensor, others: int) -> Tensor:
    """Variance that leaving out one of N rows in turn shows.

    Args:
        within: [N].
        between: [N].
        others: M, rows of the other side.
    """
    count = len(within)
    without = 2 * between / ((count - 1) * others) - 2 * within / ((count - 1) * (count - 2))
    return (count - 1) / count * (without - without.mean()).square().sum()
