"""consensus: both players also want the forces to vanish."""

from __future__ import annotations

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Game
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait
from ganzoo_balance.simultaneous import ORDER, apply_both


class ConsensusConfig(StrategyConfig):
    """How much the common interest weighs."""

    gamma: float = Field(default=10.0, gt=0)
    """Weight of half the squared norm of both gradients. 10 in the source's runs on CelebA at 64 px."""


class Consensus(BalancingStrategy):
    """g <- g + gamma x gradient of (1/2) |v|^2 for both players, v = both players' gradients of their own losses.

    The added force is the same function for both, so they agree on it; it turns the purely rotating game near a
    fixed point into one that contracts, at the price of making any point where both gradients vanish attractive.
    Use it where training circles. It needs double backward: a turn costs about three; and gamma has to fit the scale
    of the gradients: begin with 0.1 where losses explode. Both players move at once, from the same point. Together
    with R1 and its like it needs third derivatives, which BatchNorm in D does not have: no BatchNorm there.

    Source: Mescheder et al. 2017, "The Numerics of GANs", algorithm 2; gamma 10 and RMSProp at 5e-5 in the
    authors' code for CelebA.
    """

    def __init__(self, config: ConsensusConfig) -> None:
        self.config = config

    def play(self, game: Game) -> bool:
        """Both gradients with their graphs, the common force, then both steps."""
        import torch

        own = {role: game.gradients(role, game.loss(role), create_graph=True) for role in ORDER}
        squares = [gradient.square().sum() for gradients in own.values() for gradient in gradients]
        half_squared_norm = 0.5 * torch.stack(squares).sum()
        common = {role: game.gradients(role, half_squared_norm, retain_graph=role is not ORDER[-1]) for role in ORDER}
        gradients = {
            role: [
                (one + self.config.gamma * other).detach() for one, other in zip(own[role], common[role], strict=True)
            ]
            for role in ORDER
        }
        apply_both(game, gradients)
        return True


SPEC = BalancingSpec(
    name="consensus",
    summary="Both networks also shrink the norm of both gradients, against circling",
    source="Mescheder et al. 2017, The Numerics of GANs, algorithm 2 (arXiv 1705.10461)",
    config=ConsensusConfig,
    build=Consensus,
    traits=frozenset({Trait.PLAYS}),
)
