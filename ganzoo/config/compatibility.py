"""What cannot be combined, said before anything is built. Specs declare it; nothing here knows a name."""

from __future__ import annotations

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


def check_compatible(config: RunConfig, catalogue: Catalogue) -> None:
    """Two strategies that exclude one another are an error that names both.

    Raises:
        UsageError: naming the two, and how to go on.
    """
    names = [*config.method, *config.balance]
    traits = {name: catalogue.find(Kind.BALANCE, name).traits for name in names}
    for trait, why in ALONE.items():
        owners = [name for name in names if trait in traits[name]]
        if len(owners) > 1:
            raise UsageError(
                f"`{owners[0]}` and `{owners[1]}` do not go together: {why}",
                hint=f"leave out one: --balance {owners[1]}",
            )
    players = [name for name in names if Trait.PLAYS in traits[name]]
    gates = [name for name in names if Trait.GATES in traits[name]]
    if players and gates:
        raise UsageError(
            f"`{gates[0]}` cannot gate a turn that `{players[0]}` plays as a whole",
            hint="leave out one of them",
        )
    remember = [name for name in names if Trait.REMEMBERS_BATCHES in traits[name]]
    if players and remember:
        raise UsageError(
            f"`{remember[0]}` remembers each batch, and `{players[0]}` looks at one batch several times",
            hint="leave out one of them",
        )
    for name in config.method.keys() & config.balance.keys():
        raise UsageError(
            f"`{name}` is part of {config.recipe}'s method already",
            hint=f"change its settings with --set method.{name}.SETTING=VALUE",
        )
