"""Balancing strategies, one a file: its settings, its rule, its source. Torch-free."""

from __future__ import annotations

from typing import Any

from ganzoo.plugin import BalancingSpec, hookimpl
from ganzoo_balance import (
    capacity,
    d_dropout,
    d_skip,
    d_warmup,
    latent_size,
    lr_skew,
    none,
    update_ratio,
)


@hookimpl
def ganzoo_balancing() -> list[BalancingSpec[Any]]:  # Any: each strategy has its own config class
    """All strategies of this package."""
    return [
        none.SPEC,
        d_skip.SPEC,
        lr_skew.SPEC,
        update_ratio.SPEC,
        d_warmup.SPEC,
        d_dropout.SPEC,
        capacity.SPEC,
        latent_size.SPEC,
    ]
