"""simultaneous: both players move from the same point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ganzoo.contracts import BalancingStrategy, Game, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor

ORDER = (Role.DISCRIMINATOR, Role.GENERATOR)
"""In which the two losses are evaluated and the two updates applied, as in an ordinary turn."""


class SimultaneousConfig(StrategyConfig):
    """Nothing to set."""


def simultaneous_gradients(game: Game) -> dict[Role, list[Tensor]]:
    """Each player's gradient of its own loss, both at the parameters as they are now."""
    return {role: game.gradients(role, game.loss(role)) for role in ORDER}


def apply_both(game: Game, gradients: Mapping[Role, list[Tensor]], *, lookahead: bool = False) -> None:
    """One step of each player's optimiser; `lookahead`: one that will be taken back."""
    for role in ORDER:
        game.apply(role, gradients[role], lookahead=lookahead)


class Simultaneous(BalancingStrategy):
    """g_D and g_G at (D, G); then D <- D - step(g_D), G <- G - step(g_G): G does not see D's move.

    The game as theory writes it, and the baseline for `extragradient` and `consensus`. On a bilinear game it spirals
    outwards at any rate, where alternating turns circle; so it is no lever against an overpowering D. A turn costs what
    an ordinary one does.

    Source: Mescheder et al. 2017, "The Numerics of GANs", algorithm 1 (simultaneous gradient ascent).
    """

    def play(self, game: Game) -> bool:
        """Both gradients, then both steps."""
        apply_both(game, simultaneous_gradients(game))
        return True


SPEC = BalancingSpec(
    name="simultaneous",
    summary="Both networks move from the same point, neither sees the other's move",
    source="Mescheder et al. 2017, The Numerics of GANs, algorithm 1 (arXiv 1705.10461)",
    config=SimultaneousConfig,
    build=lambda _: Simultaneous(),
    traits=frozenset({Trait.PLAYS}),
)
