"""How the check of a strategy is tried: on a class, with what its plugin would say of it."""

from settings_under_test import Config

from ganzoo.contracts import BalancingStrategy
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait
from ganzoo.testing import check_strategy


def checked(
    strategy: type[BalancingStrategy],
    *traits: Trait,
    name: str = "mine",
    config: type[StrategyConfig] = Config,
    docstring: str = "A strategy that breaks a rule.",
) -> None:
    strategy.__doc__ = docstring
    spec = BalancingSpec(
        name=name, summary="A test.", config=config, build=lambda _: strategy(), traits=frozenset(traits)
    )
    check_strategy(spec)
