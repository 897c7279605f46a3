"""Adversarial losses, one a file. Torch is imported when a formula is first used."""

from __future__ import annotations

from typing import Any

from ganzoo.plugin import LossSpec, hookimpl
from ganzoo_losses import (
    hinge,
    least_squares,
    minimax,
    non_saturating,
    relativistic,
    relativistic_average,
    wasserstein,
)


@hookimpl
def ganzoo_losses() -> list[LossSpec[Any]]:  # Any: each loss has its own config class
    """All losses of this package."""
    return [
        non_saturating.SPEC,
        minimax.SPEC,
        least_squares.SPEC,
        hinge.SPEC,
        wasserstein.SPEC,
        relativistic.SPEC,
        relativistic_average.SPEC,
    ]
