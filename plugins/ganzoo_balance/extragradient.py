"""extragradient: look one step ahead, then move from here by what was seen there."""

from __future__ import annotations

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Game
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait
from ganzoo_balance.excursion import descend, excursion
from ganzoo_balance.simultaneous import ORDER, apply_both, simultaneous_gradients


class ExtragradientConfig(StrategyConfig):
    """How the step ahead is taken."""

    step_size: float | None = Field(default=None, gt=0)
    """Length of the step ahead, in units of the gradient; none: as the optimiser would take it, at its rate."""


class Extragradient(BalancingStrategy):
    """w' = w - step(F(w)), then w <- w - step(F(w')); F is both players' gradients, both steps from w.

    The look ahead damps the rotation between the players, which no rate of plain descent does: on a bilinear game it
    converges where simultaneous turns diverge and alternating ones circle. Use it where losses swing in long waves. A
    turn costs two. Both evaluations are on one batch.

    By default the step ahead is the optimiser's own, its moments included, and they are kept: with Adam this is the
    source's ExtraAdam, which moves the moments twice a turn too. With `step_size` the step ahead is a plain
    w' = w - step_size x F(w), which leaves the optimiser alone, but has to be set for the scale of the gradients. The
    averaged generator takes in where a turn ends, never the point ahead.

    Source: Korpelevich 1976; Gidel et al. 2019, "A Variational Inequality Perspective on GANs", algorithm 4.
    """

    def __init__(self, config: ExtragradientConfig) -> None:
        self.config = config

    def play(self, game: Game) -> bool:
        """Both players a step ahead, gradients there, back, and the step."""
        here = simultaneous_gradients(game)
        with excursion([parameter for role in ORDER for parameter in game.parameters(role)]):
            if self.config.step_size is None:
                apply_both(game, here, lookahead=True)
            else:
                for role in ORDER:
                    descend(game.parameters(role), here[role], self.config.step_size)
            ahead = simultaneous_gradients(game)
        apply_both(game, ahead)
        return True


SPEC = BalancingSpec(
    name="extragradient",
    summary="Both networks look one step ahead, and move by the gradients seen there",
    source="Gidel et al. 2019, A Variational Inequality Perspective on GANs, algorithm 4 (arXiv 1802.10551)",
    config=ExtragradientConfig,
    build=Extragradient,
    traits=frozenset({Trait.PLAYS}),
)
