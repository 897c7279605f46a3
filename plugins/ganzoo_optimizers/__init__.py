"""Optimisers of PyTorch, one a file.

The loop sets the learning rate of every step; `build` gets the first one.
"""

from __future__ import annotations

from typing import Any

from ganzoo.plugin import OptimizerSpec, hookimpl
from ganzoo_optimizers import adam, adamw, rmsprop, sgd


@hookimpl
def ganzoo_optimizers() -> list[OptimizerSpec[Any]]:  # Any: each optimiser has its own config class
    """All optimisers of this package."""
    return [adam.SPEC, adamw.SPEC, sgd.SPEC, rmsprop.SPEC]
