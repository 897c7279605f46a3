"""What cannot be combined, said before anything is built. Specs declare it; nothing here knows a name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ganzoo.config.compositions import OPTION, rest_of
from ganzoo.config.models import RunConfig
from ganzoo.config.validation import Where
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import Trait

ALONE: dict[Trait, str] = {
    Trait.PLANS: "both decide how many updates a step has",
    Trait.PLAYS: "both take over the whole turn",
    Trait.HOLDS_ACCURACY: "both control D by its accuracy, and would fight over it",
    Trait.SLOPE_AT_REALS: "both penalise D's slope at reals",
    Trait.SLOPE_AT_FAKES: "both penalise D's slope at fakes",
}
"""Traits that at most one strategy of a run may have, and why."""
BESIDE_A_PLAYER: dict[Trait, str] = {
    Trait.PLANS: "cannot plan the updates of a turn that `{}` plays as a whole",
    Trait.GATES: "cannot gate a turn that `{}` plays as a whole",
    Trait.REMEMBERS_BATCHES: "remembers each batch, and `{}` looks at one batch several times",
}
"""Traits that no strategy may have beside one that plays whole turns, and why."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two strategies that exclude one another, and why, in one sentence that names both."""

    one: str
    other: str
    why: str


def conflict(traits: Mapping[str, Collection[Trait]]) -> Conflict | None:
    """The first two strategies that do not go together; None where all do.

    Args:
        traits: what each strategy of a run does, by name, in order.
    """

    def having(trait: Trait) -> list[str]:
        return [name for name, held in traits.items() if trait in held]

    for trait, why in ALONE.items():
        if len(owners := having(trait)) > 1:
            one, other = owners[:2]
            return Conflict(one, other, f"`{one}` and `{other}` do not go together: {why}")
    players = having(Trait.PLAYS)
    for trait, why in BESIDE_A_PLAYER.items():
        if players and (owners := having(trait)):
            one, other = owners[0], players[0]
            return Conflict(one, other, f"`{one}` {why.format(other)}")
    return None


def check_compatible(config: RunConfig, catalogue: Catalogue, where: Where = lambda _: "") -> None:
    """Two strategies that exclude one another are an error that names both.

    Args:
        config: the run's.
        catalogue: where its strategies are looked up.
        where: the origin of a setting: what a composition brought is left out otherwise than what was named.

    Raises:
        UsageError: naming the two, and how to go on.
    """
    names = [*config.method, *config.balance]
    if found := conflict({name: catalogue.find(Kind.BALANCE, name).traits for name in names}):
        ways = [_without(name, config, catalogue, where) for name in (found.one, found.other)]
        raise UsageError(found.why, hint="leave out " + "\nor ".join(ways))
    for name in config.balance:
        if name in config.method:
            origin = where(f"balance.{name}")
            rest = rest_of(origin, config.method, catalogue, where)
            raise UsageError(
                f"`{name}`{f', of {origin},' if rest else ''} is part of {config.recipe}'s method already",
                hint=(f"{rest}\n" if rest else "") + f"change its settings with --set method.{name}.SETTING=VALUE",
            )


def _without(name: str, config: RunConfig, catalogue: Catalogue, where: Where) -> str:
    """How to ask for the run without this strategy."""
    if name in config.method:
        others = ", ".join(f"{_as_key(other)} = {{}}" for other in config.method if other != name)
        return f"`{name}` of {config.recipe}'s method: --set 'method={{{others}}}'"
    rest = rest_of(where(f"balance.{name}"), [name, *config.method], catalogue, where)
    return f"`{name}`: {rest}" if rest else f"{OPTION} {name}"


def _as_key(name: str) -> str:
    return f'"{name}"' if "/" in name else name
