"""What cannot be combined, said before anything is built. Specs declare it; nothing here knows a name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ganzoo.config.models import RunConfig
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import Trait

ALONE: dict[Trait, str] = {
    Trait.PLANS: "both decide how many updates a step has",
    Trait.PLAYS: "both take over the whole turn",
    Trait.HOLDS_ACCURACY: "both control D by its accuracy, and would fight over it",
}
"""Traits that at most one strategy of a run may have, and why."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two strategies that exclude one another.

    Attributes:
        why: in one sentence that names both.
        way_out: what to leave out.
    """

    why: str
    way_out: str = "leave out one of them"


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
            return Conflict(f"`{one}` and `{other}` do not go together: {why}", f"leave out one: --balance {other}")
    players, gates, remember = having(Trait.PLAYS), having(Trait.GATES), having(Trait.REMEMBERS_BATCHES)
    if players and (planners := having(Trait.PLANS)):
        return Conflict(f"`{planners[0]}` cannot plan the updates of a turn that `{players[0]}` plays as a whole")
    if players and gates:
        return Conflict(f"`{gates[0]}` cannot gate a turn that `{players[0]}` plays as a whole")
    if players and remember:
        why = f"`{remember[0]}` remembers each batch, and `{players[0]}` looks at one batch several times"
        return Conflict(why)
    return None


def check_compatible(config: RunConfig, catalogue: Catalogue) -> None:
    """Two strategies that exclude one another are an error that names both.

    Raises:
        UsageError: naming the two, and how to go on.
    """
    names = [*config.method, *config.balance]
    if found := conflict({name: catalogue.find(Kind.BALANCE, name).traits for name in names}):
        raise UsageError(found.why, hint=found.way_out)
    for name in config.method.keys() & config.balance.keys():
        raise UsageError(
            f"`{name}` is part of {config.recipe}'s method already",
            hint=f"change its settings with --set method.{name}.SETTING=VALUE",
        )
