"""my-strategy: a balancing strategy for ganzoo. Torch-free: this is imported wherever parts are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import BalancingSpec, Trait, hookimpl
from ganzoo_my_strategy.settings import MyStrategyConfig

if TYPE_CHECKING:
    from ganzoo.contracts import BalancingStrategy

GANZOO_CONTRACTS = "1.0"
"""The version of ganzoo's contracts this is built for; a ganzoo with older ones says so instead of loading it."""


def build(config: MyStrategyConfig) -> BalancingStrategy:
    """The strategy with these settings."""
    from ganzoo_my_strategy.strategy import MyStrategy

    return MyStrategy(config)


SPEC = BalancingSpec(
    name="my-strategy",
    summary="D pauses while it is right too often",
    source="my own",
    config=MyStrategyConfig,
    build=build,
    traits=frozenset({Trait.GATES, Trait.HOLDS_ACCURACY}),
)


@hookimpl
def ganzoo_balancing() -> list[BalancingSpec[MyStrategyConfig]]:
    """The strategy `my-strategy`."""
    return [SPEC]
