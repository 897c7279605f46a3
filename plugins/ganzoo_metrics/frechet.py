"""The Frechet distance between two Gaussians, in a form that holds for degenerate ones too.

A covariance S is held as a factor F [K, D] with F^T F = S. The trace of sqrt(S1 S2) is then the sum of the
singular values of F1 F2^T; the square root of a general matrix, which fails on singular ones, is never taken.

Source: Dowson and Landau 1982, "The Frechet distance between multivariate normal distributions"; Heusel et
al. 2017, "GANs Trained by a Two Time-Scale Update Rule", eq. 6, for its use on features.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Gaussian(NamedTuple):
    """A Gaussian fitted to a set of features, all float64.

    Attributes:
        size: [1], how many it was fitted to.
        mean: [D].
        factor: [K, D] with K <= D; factor^T factor is the unbiased covariance.
    """

    size: Tensor
    mean: Tensor
    factor: Tensor


EXACT = 256
"""Up to this size singular values are computed to the last digit."""
BLOCK = 4096
"""Rows held in float64 at once."""


def fit_gaussian(features: Tensor) -> Gaussian:
    """The Gaussian of features [N, D], N >= 2; its factor is [min(N, D), D].

    Of few images the centred features are the factor themselves; of many, it is the triangle of their covariance.
    """
    count, dim = features.shape
    mean = torch.from_numpy(features.numpy().mean(axis=0, dtype=np.float64))
    if count <= dim:
        factor = (features.double() - mean) / (count - 1) ** 0.5
    else:
        factor = triangular_root(_scatter(features, mean) / (count - 1))
    return Gaussian(torch.tensor([count], dtype=torch.float64), mean, factor)


def _scatter(features: Tensor, mean: Tensor) -> Tensor:
    """Sum of the outer products of the centred rows: [D, D] float64, in memory that does not grow with N."""
    # In numpy, which sees that A^T A is symmetric and computes half of it; in the same memory for each block, as new
    # pages cost as much as the products.
    total = np.zeros((len(mean), len(mean)))
    product, centred = np.empty_like(total), np.empty((min(BLOCK, len(features)), len(mean)))
    for start in range(0, len(features), BLOCK):
        block = features[start : start + BLOCK].numpy()
        rows = np.subtract(block, mean.numpy(), out=centred[: len(block)])
        total += np.matmul(rows.T, rows, out=product)
    return torch.from_numpy(total)


def merge_gaussians(parts: Sequence[Gaussian]) -> Gaussian:
    """The Gaussian of all features together, as if fitted to them at once."""
    size = torch.stack([part.size for part in parts]).sum(dim=0)
    mean = torch.stack([part.mean * part.size for part in parts]).sum(dim=0) / size
    scatters = [part.factor * (part.size - 1).sqrt() for part in parts]
    shifts = [((part.mean - mean) * part.size.sqrt())[None] for part in parts]
    return Gaussian(size, mean, _compressed(torch.cat([*scatters, *shifts]) / (size - 1).sqrt()))


def frechet_distance_of_factors(mean1: Tensor, factor1: Tensor, mean2: Tensor, factor2: Tensor) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 sqrt(S1 S2)), from S = factor^T factor.

    Args:
        mean1: [D] float64.
        factor1: [K1, D] float64.
        mean2: [D] float64.
        factor2: [K2, D] float64.

    Returns:
        The squared distance, >= 0, in squared feature units.
    """
    spread = factor1.square().sum() + factor2.square().sum() - 2 * nuclear_norm(factor1 @ factor2.T)
    # Each part is non-negative; rounding may leave the second a hair below.
    return float((mean1 - mean2).square().sum() + spread.clamp(min=0))


def nuclear_norm(matrix: Tensor) -> float:
    """Sum of the singular values of a matrix [M, N] float64.

    Of a large one, from the eigenvalues of its smaller symmetric product, in half the time: each singular value is then
    exact to 1e-8 of the largest, and their sum, of hundreds, to about 1e-8 of itself. A small one costs nothing.
    """
    if min(matrix.shape) <= EXACT:
        return float(torch.linalg.svdvals(matrix).sum())
    array = (matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T).numpy()
    return float(np.sqrt(np.linalg.eigvalsh(array @ array.T).clip(min=0)).sum())


def frechet_distance(mean1: Tensor, covariance1: Tensor, mean2: Tensor, covariance2: Tensor) -> float:
    """The same from covariances [D, D], symmetric and positive semi-definite, in any floating type."""
    return frechet_distance_of_factors(
        mean1.double(), symmetric_root(covariance1), mean2.double(), symmetric_root(covariance2)
    )


def symmetric_root(covariance: Tensor) -> Tensor:
    """The square root of a symmetric positive semi-definite matrix [D, D], by its eigenvalues, in float64."""
    values, vectors = torch.linalg.eigh(covariance.double())
    root: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return root


def triangular_root(covariance: Tensor) -> Tensor:
    """R [D, D] with R^T R = a symmetric positive semi-definite matrix [D, D] float64."""
    triangle, failed = torch.linalg.cholesky_ex(covariance, upper=True)
    # Features that are constant, or copies of others, make it singular: its eigenvalues then tell what is there.
    return symmetric_root(covariance) if bool(failed) else triangle


def _compressed(factor: Tensor) -> Tensor:
    """A factor [K, D] of the same covariance with K <= D: the triangle of a QR decomposition where K > D."""
    rows, columns = factor.shape
    if rows <= columns:
        return factor
    triangle: Tensor = torch.linalg.qr(factor, mode="r")[1]
    return triangle
