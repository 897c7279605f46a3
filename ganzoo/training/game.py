"""A turn that a strategy plays itself: the step's losses on one fixed batch, at whatever parameters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ganzoo.contracts import Batch, Game, Role
from ganzoo.training.dealer import Dealer
from ganzoo.training.look import Look
from ganzoo.training.player import Learner
from ganzoo.training.turn import Refusal, Turn

if TYPE_CHECKING:
    from ganzoo.training.step import AdversarialStep

PURPOSE = ("game",)


class KeyedGame(Game):
    """The game of one step. The batch is drawn when it is first asked for: most turns are never played this way."""

    def __init__(self, step: AdversarialStep, dealer: Dealer, turn: Turn) -> None:
        self.moment = dealer.moment
        self._step = step
        self._dealer = dealer
        self._turn = turn
        self._real: Batch | None = None
        self._buffers: dict[Role, Sequence[Tensor]] = {}
        """Of each role whose loss was asked for, as they were before."""
        self._losses: dict[Role, Tensor] = {}
        """Of each role the sum of its losses in this turn: not finite where one of them was not."""

    def parameters(self, role: Role) -> Sequence[nn.Parameter]:
        """The role's trainable parameters."""
        return self._player(role).parameters

    def loss(self, role: Role) -> Tensor:
        """The role's loss with its terms at the parameters as they are now. Gradients reach both networks."""
        if self._real is None:
            self._real = self._dealer.real(self._turn)
            self._turn.planned = dict.fromkeys(Role, 1)
        first = role not in self._buffers
        if first:
            self._buffers[role] = self._player(role).buffers()
        with ExitStack() as unmoved:
            for player in (self._step.generator, self._step.discriminator):
                if player.role is role and first:
                    player.renew_buffers()
                else:
                    unmoved.enter_context(player.buffers_kept())
            return self._evaluate(role, self._real, self._turn if first else Turn(), observed=first)

    def _evaluate(self, role: Role, real: Batch, turn: Turn, *, observed: bool) -> Tensor:
        step, dealer, share = self._step, self._dealer, self._dealer.share
        update = step.update(role, PURPOSE, dealer)
        views = update.view(share, real, dealer.fake(real, PURPOSE, with_gradient=True))
        look = Look([share], lambda part: update.judge_sides(part, views), step.ranks, nullcontext)
        adversarial, observation = update.adversarial(look.logits)
        if observed:
            step.tell(observation, turn)
        (loss,) = update.losses(look, adversarial)
        value, *means = step.ranks.mean([loss.detach(), *update.measured.values()])
        self._losses[role] = self._losses.get(role, 0.0) + value
        for name, mean in zip(update.measured, means, strict=True):
            turn.note(f"term_{name}", mean)
        return loss

    def gradients(
        self, role: Role, loss: Tensor, *, create_graph: bool = False, retain_graph: bool = False
    ) -> list[Tensor]:
        """Gradients of `loss` at the role's parameters, averaged over the processes."""
        own = self._player(role).gradients(loss, create_graph=create_graph, retain_graph=retain_graph)
        return self._step.ranks.mean(own)

    def apply(self, role: Role, gradients: Sequence[Tensor], *, lookahead: bool = False) -> None:
        """One step of the role's optimiser; where a loss or gradient is not finite, the role is as before the turn."""
        player, turn = self._player(role), Turn() if lookahead else self._turn
        own = [gradient.detach() for gradient in gradients]
        applied = self._step.apply(player, own, self._losses.get(role, torch.zeros(())), turn)
        if lookahead:
            self._turn.faults += [Refusal(fault.role, f"in the look ahead, {fault.reason}") for fault in turn.faults]
        if not applied and role in self._buffers:
            player.renew_buffers()  # a graph may go on referring to those that are there
            player.restore_buffers(self._buffers[role])
        if applied and role is Role.GENERATOR and not lookahead:
            self._step.average.update(self._step.generator.network, self.moment.kimg)

    def _player(self, role: Role) -> Learner:
        return self._step.generator if role is Role.GENERATOR else self._step.discriminator
