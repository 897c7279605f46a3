"""unrolled: G learns against the D that D is about to become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Game, Role
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait
from ganzoo_balance.excursion import copied, descend, excursion, move_to
from ganzoo_balance.simultaneous import apply_both

if TYPE_CHECKING:
    from torch import Tensor


class UnrolledConfig(StrategyConfig):
    """How far D is looked ahead, and whether G knows its part in that."""

    steps: int = Field(default=5, ge=1, le=50)
    """Steps of D that G looks ahead; the source's K."""
    step_size: float = Field(default=0.01, gt=0)
    """Length of each, in units of D's gradient."""
    through_steps: bool = True
    """G's gradient counts how G itself moves D's steps: the source's method, by double backward. false: D as it will be
    is taken as given, at a third of the cost."""


class Unrolled(BalancingStrategy):
    """G's loss is taken at D_K, where D_0 = D and D_(k+1) = D_k - step_size x gradient of D's loss at (D_k, G).

    Against mode collapse, and G and D chasing one another: G cannot win by a move that D undoes at once. The gradient
    runs through the K steps (backwards, one graph at a time, so memory does not grow with K): with a_K the gradient of
    G's loss at D_K, and a_k = a_(k+1) - step_size x Hessian of D's loss x a_(k+1), each step adds
    -step_size x (gradient in G of <gradient in D of D's loss, a_(k+1)>). A turn costs about 1 + 2 K ordinary ones, so
    keep it to small networks; `through_steps=false` about 1 + K / 3. Together with R1 and its like it needs third
    derivatives, which BatchNorm in D does not have: no BatchNorm there, or `through_steps=false`.

    The steps ahead are plain descent, whatever D's optimiser, and are undone to the bit; D itself then makes one step,
    from where it was.

    Source: Metz et al. 2017, "Unrolled Generative Adversarial Networks", equations 7 to 12, K from 1 to 10 (5 and 10 on
    the ring of Gaussians). step_size is ganzoo's own: the source's steps are at D's learning rate.
    """

    def __init__(self, config: UnrolledConfig) -> None:
        self.config = config

    def play(self, game: Game) -> bool:
        """D's gradient here, G's at D's future, then both steps."""
        of_d = game.gradients(Role.DISCRIMINATOR, game.loss(Role.DISCRIMINATOR))
        with excursion(game.parameters(Role.DISCRIMINATOR)):
            of_g = self._generator_gradients(game, of_d)
        apply_both(game, {Role.DISCRIMINATOR: of_d, Role.GENERATOR: of_g})
        return True

    def _generator_gradients(self, game: Game, first: list[Tensor]) -> list[Tensor]:
        """G's gradient; D is left at some other point."""
        discriminator = game.parameters(Role.DISCRIMINATOR)
        path = []
        for step in range(self.config.steps):
            if self.config.through_steps:
                path.append(copied(discriminator))
            gradients = first if step == 0 else game.gradients(Role.DISCRIMINATOR, game.loss(Role.DISCRIMINATOR))
            descend(discriminator, gradients, self.config.step_size)
        loss = game.loss(Role.GENERATOR)
        if not self.config.through_steps:
            return game.gradients(Role.GENERATOR, loss)
        adjoint = game.gradients(Role.DISCRIMINATOR, loss, retain_graph=True)  # the graph serves G's gradient, too
        total = game.gradients(Role.GENERATOR, loss)
        for point in reversed(path):
            move_to(discriminator, point)
            through_g, through_d = self._back_through_one_step(game, adjoint)
            total = [sum_so_far + part for sum_so_far, part in zip(total, through_g, strict=True)]
            adjoint = [later + part for later, part in zip(adjoint, through_d, strict=True)]
        return total

    def _back_through_one_step(self, game: Game, adjoint: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """What one step adds to G's gradient and to the adjoint: -step_size x gradients of <gradient in D, adjoint>."""
        import torch

        gradients = game.gradients(Role.DISCRIMINATOR, game.loss(Role.DISCRIMINATOR), create_graph=True)
        inner = torch.stack([(one * other).sum() for one, other in zip(gradients, adjoint, strict=True)]).sum()
        through_d = game.gradients(Role.DISCRIMINATOR, inner, retain_graph=True)  # as above
        through_g = game.gradients(Role.GENERATOR, inner)
        scaled = [[-self.config.step_size * part.detach() for part in parts] for parts in (through_g, through_d)]
        return scaled[0], scaled[1]


SPEC = BalancingSpec(
    name="unrolled",
    summary="G learns against D a few steps ahead, which works against mode collapse",
    source="Metz et al. 2017, Unrolled Generative Adversarial Networks (arXiv 1611.02163)",
    config=UnrolledConfig,
    helps={Ailment.MODE_COLLAPSE: Remedy(2, "G sees how D will answer")},
    build=Unrolled,
    traits=frozenset({Trait.PLAYS}),
)
