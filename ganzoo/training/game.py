"""A turn that a strategy plays itself: the step's losses on one fixed batch, at whatever parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor, nn

from ganzoo.contracts import Batch, Discriminator, Game, Generator, Moment, Role
from ganzoo.training.player import Player
from ganzoo.training.turn import Turn, note_observation

if TYPE_CHECKING:
    from ganzoo.training.step import AdversarialStep

PURPOSE = ("game",)


class KeyedGame(Game):
    """The game of one step. The batch is drawn when it is first asked for: most turns are never played this way."""

    def __init__(self, step: AdversarialStep, moment: Moment, turn: Turn) -> None:
        self.moment = moment
        self._step = step
        self._turn = turn
        self._real: Batch | None = None

    def parameters(self, role: Role) -> Sequence[nn.Parameter]:
        """The role's trainable parameters."""
        return self._player(role).parameters

    def loss(self, role: Role) -> Tensor:
        """The role's loss with its terms at the parameters as they are now. Gradients reach both networks."""
        step, moment = self._step, self.moment
        if self._real is None:
            self._real = step.draw_real(moment, self._turn)
            self._turn.planned = dict.fromkeys(Role, 1)
        terms = step.balance.terms_of(role, moment)
        fake = step.draw_fake(moment, self._real, PURPOSE, with_gradient=True)
        sides = step.judge_sides(moment, role, self._real, fake, PURPOSE, terms)
        if role is Role.DISCRIMINATOR:
            adversarial, observation = step.discriminator_loss(moment, sides, PURPOSE)
        else:
            adversarial, observation = step.generator_loss(moment, sides)
        note_observation(self._turn, observation)
        step.balance.observe(observation)
        return adversarial + step.terms_loss(moment, terms, sides, PURPOSE, self._turn)

    def gradients(self, role: Role, loss: Tensor, *, create_graph: bool = False) -> list[Tensor]:
        """Gradients of `loss` at the role's parameters."""
        return self._player(role).gradients(loss, create_graph=create_graph)

    def apply(self, role: Role, gradients: Sequence[Tensor]) -> None:
        """One step of the role's optimiser."""
        applied = self._step.apply(self._player(role), [gradient.detach() for gradient in gradients], self._turn)
        if applied and role is Role.GENERATOR:
            self._step.average.update(self._step.generator.network)

    def _player(self, role: Role) -> Player[Generator] | Player[Discriminator]:
        return self._step.generator if role is Role.GENERATOR else self._step.discriminator
