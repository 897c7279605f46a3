"""One turn of the game: D learns to tell, then G learns from D.

    for each planned update of D:
        reals, fakes -> views -> D's logits -> observe -> may D learn?
            loss + terms -> backward -> mean over the processes -> apply
    for each planned update of G:
        may G learn?  fakes -> views -> frozen D's logits -> loss + terms -> backward -> mean -> apply -> average

A step is a function of (checkpoint, step number): every draw is keyed by seed, purpose, step and image. A refused
update is no update at all: no backward, no optimiser step (Adam's momentum alone would move D), D's buffers as before.
One that is dropped, since something in it is not finite, leaves G's buffers as before its fakes, too.

A batch is what all processes see together. Each has its share of the images, and works on it at once or, to save
memory, in parts; the loss is always that of the whole batch (`ganzoo.training.look`). One process has one share, one
part, and nobody to ask.

What is drawn is in `ganzoo.training.dealer`; what D sees, says, and what that costs, in `ganzoo.training.update`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from ganzoo.contracts import ALLOW, Batch, Discriminator, Generator, Loss, Moment, Observation, Role
from ganzoo.training.balance import Balance
from ganzoo.training.dealer import Dealer, Purpose, RealImages
from ganzoo.training.ema import AveragedWeights
from ganzoo.training.game import KeyedGame
from ganzoo.training.look import Look, Sides, added_up
from ganzoo.training.parts import Part
from ganzoo.training.player import Learner, Player, laid_out_as
from ganzoo.training.precision import Arithmetic
from ganzoo.training.ranks import ALONE, Ranks
from ganzoo.training.turn import Refusal, Turn, note_observation
from ganzoo.training.update import Update


@dataclass(frozen=True, slots=True)
class Fakes:
    """Images of G, what they were drawn for, and G's buffers before that: a forward in training moves them."""

    batch: Batch
    drawn_as: Purpose
    before: Sequence[Tensor]


@dataclass(frozen=True, slots=True)
class AdversarialStep:
    """All that a turn needs; call it with the moment.

    Attributes:
        reuse_fakes: with a plan of one update each, G learns from the fakes D has just judged.
        rate: factor on both learning rates, below 1 after a return to an earlier checkpoint.
        ranks: the processes that share each batch.
        microbatch: images whose graph a process holds at once, by role; absent: its whole share.
    """

    generator: Player[Generator]
    discriminator: Player[Discriminator]
    average: AveragedWeights
    loss: Loss
    balance: Balance
    reals: RealImages
    arithmetic: Arithmetic
    seed: int
    reuse_fakes: bool
    rate: float = 1.0
    ranks: Ranks = ALONE
    microbatch: Mapping[Role, int] = field(default_factory=dict)

    def __call__(self, moment: Moment) -> Turn:
        """Play one turn."""
        turn, dealer = Turn(), self.dealer(moment)
        for player in (self.generator, self.discriminator):
            player.set_rate(moment.kimg, self.rate * self.balance.rate(player.role, moment))
            turn.note(f"learning_rate_{player.role}", player.rate)
        if not self.balance.play(KeyedGame(self, dealer, turn)):
            self.play_in_turns(dealer, turn)
        if self.ranks.count > 1:
            self.ranks.average([*self.generator.statistics(), *self.discriminator.statistics()])
        return turn

    def play_in_turns(self, dealer: Dealer, turn: Turn) -> None:
        """The planned updates, D's first."""
        plan = self.balance.plan(dealer.moment)
        reuse = self.reuse_fakes and plan.discriminator_updates == plan.generator_updates == 1
        turn.plan_reason = plan.reason
        turn.planned = {
            Role.DISCRIMINATOR: plan.discriminator_updates,
            Role.GENERATOR: plan.generator_updates,
        }
        real, fakes, seen_by_d = dealer.real(turn), None, None
        for number in range(plan.discriminator_updates):
            if number > 0:
                real = dealer.real(turn)
            fakes = self.draw(dealer, real, ("discriminator", number), with_gradient=reuse)
            seen_by_d = self.update_discriminator(dealer, real, fakes, turn)
        for number in range(plan.generator_updates):
            if not self._generator_may_learn(seen_by_d, turn):
                continue
            purpose = ("generator", number)
            if fakes is None or not reuse:
                fakes = self.draw(dealer, real, purpose, with_gradient=True)
            self.update_generator(dealer, real, fakes, purpose, turn)

    def update_discriminator(self, dealer: Dealer, real: Batch, fakes: Fakes, turn: Turn) -> Observation:
        """D's update, unless a strategy refuses it."""
        player = self.discriminator
        buffers = player.buffers()
        update = self.update(player.role, fakes.drawn_as, dealer)
        fake = replace(fakes.batch, images=fakes.batch.images.detach())
        views = {part: update.view(part, real, fake) for part in dealer.parts(player.role)}
        look = Look(list(views), lambda part: update.judge_sides(part, views[part]), self.ranks, player.buffers_kept)
        adversarial, observation = update.adversarial(look.logits)
        self.tell(observation, turn)
        # Never both off: where G has no turn in this step, D is not asked.
        alone = turn.planned[Role.GENERATOR] == 0
        decision = ALLOW if alone else self.balance.allow_update(player.role, observation)
        if not decision.allowed:
            player.restore_buffers(buffers)
            if not torch.isfinite(observation.tensors["logit_fake"]):
                self.undo(fakes)  # as if dropped: no strategy allows what it cannot read
            turn.refusals.append(Refusal(player.role, decision.reason))
            return observation
        if not self.learn(player, update.losses(look, adversarial), update.measured, turn):
            player.restore_buffers(buffers)
            self.undo(fakes)
        return observation

    def update_generator(self, dealer: Dealer, real: Batch, fakes: Fakes, purpose: Purpose, turn: Turn) -> None:
        """G's update against a frozen D."""
        player = self.generator
        update = self.update(player.role, purpose, dealer)

        def judge(part: Part) -> Sides:
            drawn = fakes.batch
            if torch.is_grad_enabled() and not drawn.images.requires_grad:  # in parts: G's graph of this one alone
                with player.buffers_kept():
                    drawn = dealer.fake_part(part, real, fakes.drawn_as, with_gradient=True)
            return update.judge_sides(part, update.view(part, real if update.needs_real else None, drawn))

        with self.discriminator.frozen():
            look = Look(dealer.parts(player.role), judge, self.ranks, self.discriminator.buffers_kept)
            adversarial, observation = update.adversarial(look.logits)
            self.tell(observation, turn)
            learnt = self.learn(player, update.losses(look, adversarial), update.measured, turn)
        if learnt:
            self.average.update(player.network, dealer.moment.kimg)
        else:
            self.undo(fakes)

    def draw(self, dealer: Dealer, real: Batch, drawn_as: Purpose, *, with_gradient: bool) -> Fakes:
        """Fakes to learn from, paired with these reals."""
        before = self.generator.buffers()
        return Fakes(dealer.fake(real, drawn_as, with_gradient=with_gradient), drawn_as, before)

    def undo(self, fakes: Fakes) -> None:
        """An update from them was dropped: G's buffers as before, for G may be what was not finite."""
        self.generator.renew_buffers()  # the fakes' graph, which G may still learn from, refers to those that are there
        self.generator.restore_buffers(fakes.before)

    def _generator_may_learn(self, seen_by_d: Observation | None, turn: Turn) -> bool:
        """G is asked before its forward. Never both off: where D was refused in this turn, G learns."""
        d_refused = any(refusal.role is Role.DISCRIMINATOR for refusal in turn.refusals)
        if d_refused or seen_by_d is None:
            return True
        decision = self.balance.allow_update(Role.GENERATOR, seen_by_d)
        if decision.allowed:
            return True
        turn.refusals.append(Refusal(Role.GENERATOR, decision.reason))
        return False

    def tell(self, observation: Observation, turn: Turn) -> None:
        """The strategies, and the record, learn what a forward showed."""
        note_observation(turn, observation)
        self.balance.observe(observation)

    def dealer(self, moment: Moment) -> Dealer:
        """Who deals in this step."""
        return Dealer(
            moment, self.reals, self.generator.network, self.arithmetic, self.seed, self.ranks, self.microbatch
        )

    def update(self, role: Role, purpose: Purpose, dealer: Dealer) -> Update:
        """An update of the role at the networks as they are."""
        generator, discriminator = self.generator.network, self.discriminator.network
        terms = self.balance.terms_of(role, dealer.moment)
        return Update(role, purpose, dealer, generator, discriminator, self.loss, self.balance, terms)

    # Learning

    def learn(self, player: Learner, losses: Iterable[Tensor], measured: Mapping[str, Tensor], turn: Turn) -> bool:
        """Backward, the mean over the processes, and apply; False where something is not finite: nothing changes.

        Args:
            player: whose turn it is.
            losses: one a part, made when they are asked for; their sum is the loss.
            measured: means that losses add to as they are made, for the tick; they travel with the gradients.
            turn: the record.
        """
        values: list[Tensor] = []
        gradients = added_up(player.gradients(loss) for loss in _noted(losses, values))
        count = len(gradients)
        means = self.ranks.mean([*gradients, torch.stack(values).sum(), *measured.values()])
        for name, value in zip(measured, means[count + 1 :], strict=True):
            turn.note(f"term_{name}", value)
        return self.apply(player, means[:count], means[count], turn)

    def apply(self, player: Learner, gradients: Sequence[Tensor], loss: Tensor, turn: Turn) -> bool:
        """One step of the optimiser, inside the strategies' before and after.

        Args:
            player: whose step.
            gradients: one a parameter, the same on every rank.
            loss: 0-dim, what they are gradients of, the same on every rank. An infinite loss may have finite ones.
            turn: the record.
        """
        norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(list(gradients))))
        turn.note(f"gradient_norm_{player.role}", norm)
        if not torch.isfinite(norm) & torch.isfinite(loss):  # read on the host: such an update must never be applied
            what = "the loss" if torch.isfinite(norm) else "a gradient"
            turn.faults.append(Refusal(player.role, f"{what} is not finite"))
            return False
        for parameter, gradient in zip(player.parameters, gradients, strict=True):
            parameter.grad = laid_out_as(parameter, gradient)
        self.balance.around_apply(player.role, player.parameters, _stepper(player.optimizer))
        player.optimizer.zero_grad(set_to_none=True)
        return True


def _noted(losses: Iterable[Tensor], values: list[Tensor]) -> Iterator[Tensor]:
    """The losses as they are made, and the number of each in `values`."""
    for loss in losses:
        values.append(loss.detach())
        yield loss


def _stepper(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    def step() -> None:
        optimizer.step()

    return step
