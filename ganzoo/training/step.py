"""One turn of the game: D learns to tell, then G learns from D.

    for each planned update of D:
        reals, fakes -> views -> D's logits -> observe -> may D learn?
            loss + terms -> backward -> apply
    for each planned update of G:
        may G learn?  fakes -> views -> frozen D's logits -> loss + terms -> backward -> apply -> average

A step is a function of (checkpoint, step number): every draw is keyed by seed, purpose, step and image. A refused
update is no update at all: no backward, no optimiser step (Adam's momentum alone would move D), D's buffers as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from ganzoo.contracts import (
    ALLOW,
    Batch,
    Discriminator,
    Generator,
    Judgement,
    Loss,
    Moment,
    Observation,
    Origin,
    Role,
    Term,
    TermInput,
    scheduled_value,
)
from ganzoo.contracts.terms import Seen
from ganzoo.training.balance import Balance
from ganzoo.training.ema import AveragedWeights
from ganzoo.training.game import KeyedGame
from ganzoo.training.player import Player, laid_out_as
from ganzoo.training.precision import Arithmetic
from ganzoo.training.randomness import KeyedDraws, seed_layers
from ganzoo.training.turn import Refusal, Turn, note_observation

Sides = Mapping[Origin, Seen]


class RealImages(Protocol):
    """The endless stream of real images."""

    def take(self, start: int, count: int) -> Batch:
        """Images `start` to `start + count` of the stream, on the run's device."""
        ...


@dataclass(frozen=True, slots=True)
class AdversarialStep:
    """All that a turn needs; call it with the moment.

    Attributes:
        reuse_fakes: with a plan of one update each, G learns from the fakes D has just judged.
        rate: factor on both learning rates, below 1 after a return to an earlier checkpoint.
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

    def __call__(self, moment: Moment) -> Turn:
        """Play one turn."""
        turn = Turn()
        for player in (self.generator, self.discriminator):
            player.set_rate(moment.kimg, self.rate * self.balance.rate(player.role, moment))
            turn.note(f"learning_rate_{player.role}", player.rate)
        if self.balance.play(KeyedGame(self, moment, turn)):
            return turn

        plan = self.balance.plan(moment)
        reuse = self.reuse_fakes and plan.discriminator_updates == plan.generator_updates == 1
        turn.plan_reason = plan.reason
        turn.planned = {
            Role.DISCRIMINATOR: plan.discriminator_updates,
            Role.GENERATOR: plan.generator_updates,
        }
        real, fake, seen_by_d = self.draw_real(moment, turn), None, None
        for update in range(plan.discriminator_updates):
            if update > 0:
                real = self.draw_real(moment, turn)
            fake = self.draw_fake(moment, real, ("discriminator", update), with_gradient=reuse)
            seen_by_d = self.update_discriminator(moment, real, fake, update, turn)
        for update in range(plan.generator_updates):
            if not self._generator_may_learn(seen_by_d, turn):
                continue
            if fake is None or not reuse:
                fake = self.draw_fake(moment, real, ("generator", update), with_gradient=True)
            self.update_generator(moment, real, fake, update, turn)
        return turn

    # The two updates

    def update_discriminator(self, moment: Moment, real: Batch, fake: Batch, update: int, turn: Turn) -> Observation:
        """D's update, unless a strategy refuses it."""
        player = self.discriminator
        purpose = ("discriminator", update)
        buffers = player.buffers()
        terms = self.balance.terms_of(Role.DISCRIMINATOR, moment)
        fake = replace(fake, images=fake.images.detach())
        sides = self.judge_sides(moment, Role.DISCRIMINATOR, real, fake, purpose, terms)
        adversarial, observation = self.discriminator_loss(moment, sides, purpose)
        note_observation(turn, observation)
        self.balance.observe(observation)
        # Never both off: where G has no turn in this step, D is not asked.
        alone = turn.planned[Role.GENERATOR] == 0
        decision = ALLOW if alone else self.balance.allow_update(Role.DISCRIMINATOR, observation)
        if not decision.allowed:
            player.restore_buffers(buffers)
            turn.refusals.append(Refusal(Role.DISCRIMINATOR, decision.reason))
            return observation
        total = adversarial + self.terms_loss(moment, terms, sides, purpose, turn)
        if not self.learn(player, total, turn):
            player.restore_buffers(buffers)
        return observation

    def update_generator(self, moment: Moment, real: Batch, fake: Batch, update: int, turn: Turn) -> None:
        """G's update against a frozen D."""
        purpose = ("generator", update)
        buffers = self.generator.buffers()
        terms = self.balance.terms_of(Role.GENERATOR, moment)
        with self.discriminator.frozen():
            needs_real = self.loss.generator_uses_real or any(term.uses_real for term in terms)
            sides = self.judge_sides(moment, Role.GENERATOR, real if needs_real else None, fake, purpose, terms)
            adversarial, observation = self.generator_loss(moment, sides)
            note_observation(turn, observation)
            self.balance.observe(observation)
            total = adversarial + self.terms_loss(moment, terms, sides, purpose, turn)
            learnt = self.learn(self.generator, total, turn)
        if learnt:
            self.average.update(self.generator.network, moment.kimg)
        else:
            self.generator.restore_buffers(buffers)

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

    # Drawing

    def draw_real(self, moment: Moment, turn: Turn) -> Batch:
        """The next reals of the stream."""
        start = moment.images + turn.images
        turn.images += moment.batch_size
        return self.reals.take(start, moment.batch_size)

    def draw_fake(
        self, moment: Moment, paired_with: Batch, purpose: tuple[object, ...], *, with_gradient: bool
    ) -> Batch:
        """G's images for keyed latents, with the labels of the reals they are paired with."""
        latents = self.draws(moment, *purpose, "latents").normal(self.generator.network.latent_dim)
        seed_layers(self.arithmetic.device, self.seed, moment.step, *purpose, "generator")
        with torch.set_grad_enabled(with_gradient), self.arithmetic.forward():
            images = self.generator.network(latents, paired_with.labels)
        return Batch(at_least_float32(images), paired_with.labels, latents)

    def draws(self, moment: Moment, *purpose: object) -> KeyedDraws:
        """Random numbers of one purpose in this step."""
        return KeyedDraws(self.seed, (moment.step, *purpose), moment.batch_size, self.arithmetic.device)

    # Judging

    def judge_sides(
        self,
        moment: Moment,
        role: Role,
        real: Batch | None,
        fake: Batch,
        purpose: tuple[object, ...],
        terms: Sequence[Term],
    ) -> Sides:
        """D's view of, and word on, both sides."""
        gradients_at = {origin for term in terms for origin in term.gradients_at}
        want = frozenset(extra for term in terms for extra in term.extras)
        if real is not None and Origin.REAL in gradients_at:
            real = replace(real, images=real.images.detach().requires_grad_())
        if Origin.FAKE in gradients_at and not fake.images.requires_grad:
            fake = replace(fake, images=fake.images.detach().requires_grad_())
        views = self.balance.views(real, fake, role, moment, self.draws(moment, *purpose, "views"))
        seed_layers(self.arithmetic.device, self.seed, moment.step, *purpose, "discriminator")
        sides: dict[Origin, Seen] = {}
        if real is not None and views.real is not None:
            sides[Origin.REAL] = Seen(real, views.real, self.judge(views.real, want))
        sides[Origin.FAKE] = Seen(fake, views.fake, self.judge(views.fake, want))
        return sides

    def judge(self, batch: Batch, want: frozenset[str] = frozenset()) -> Judgement:
        """One forward of D; logits in float32 whatever the arithmetic."""
        with self.arithmetic.forward():
            judgement: Judgement = self.discriminator.network(batch.images, batch.labels, want)
        return Judgement(at_least_float32(judgement.logits), judgement.extras)

    # Losses

    def discriminator_loss(
        self, moment: Moment, sides: Sides, purpose: tuple[object, ...]
    ) -> tuple[Tensor, Observation]:
        """D's adversarial loss, mean(real) + mean(fake), and what the forward showed."""
        role = Role.DISCRIMINATOR
        real, fake = (sides[origin].judgement.logits for origin in Origin)
        targets = self.balance.targets(self.loss, real, fake, role, self.draws(moment, *purpose, "targets"))
        split = self.loss.discriminator(real, fake, targets)
        loss_real = self.balance.weigh(split.real, real, Origin.REAL, role)
        loss_fake = self.balance.weigh(split.fake, fake, Origin.FAKE, role)
        total = loss_real + loss_fake
        with torch.no_grad():
            right = self.loss.correct(real, fake)
            accuracy_real, accuracy_fake = right.real.float().mean(), right.fake.float().mean()
            shown = {
                "loss": total.detach(),
                "loss_real": loss_real.detach(),
                "loss_fake": loss_fake.detach(),
                "accuracy": (accuracy_real + accuracy_fake) / 2,
                "accuracy_real": accuracy_real,
                "accuracy_fake": accuracy_fake,
                "logit_real": real.mean(),
                "logit_fake": fake.mean(),
                "sign_real": real.sign().mean(),
            }
        return total, Observation(role, moment, shown, readable=self.balance.reads_numbers)

    def generator_loss(self, moment: Moment, sides: Sides) -> tuple[Tensor, Observation]:
        """G's adversarial loss and what the forward showed."""
        fake = sides[Origin.FAKE].judgement.logits
        real = sides[Origin.REAL].judgement.logits if Origin.REAL in sides else None
        values = self.loss.generator(fake, real if self.loss.generator_uses_real else None)
        total = self.balance.weigh(values, fake, Origin.FAKE, Role.GENERATOR)
        shown = {"loss": total.detach(), "logit_fake": fake.detach().mean()}
        if real is not None:
            shown["logit_real"] = real.detach().mean()
        return total, Observation(Role.GENERATOR, moment, shown, readable=self.balance.reads_numbers)

    def terms_loss(
        self, moment: Moment, terms: Sequence[Term], sides: Sides, purpose: tuple[object, ...], turn: Turn
    ) -> Tensor | float:
        """The weighted sum of the terms due in this step; a lazy term stands for the steps it was left out."""
        total: Tensor | float = 0.0
        for term in terms:
            given = TermInput(
                moment=moment,
                sides=sides,
                judge=self.judge,
                generator=self.generator.network,
                discriminator=self.discriminator.network,
                draws=self.draws(moment, *purpose, "term", term.name),
                mean_over_ranks=lambda value: value,
            )
            value = at_least_float32(term.value(given)).mean()
            turn.note(f"term_{term.name}", value)
            weight = scheduled_value(term.weight, moment.kimg)
            total = total + weight * term.every * value
        return total

    # Learning

    def learn(self, player: Player[Generator] | Player[Discriminator], loss: Tensor, turn: Turn) -> bool:
        """Backward and apply; False where a gradient is not finite, which changes nothing."""
        return self.apply(player, player.gradients(loss), turn)

    def apply(self, player: Player[Generator] | Player[Discriminator], gradients: Sequence[Tensor], turn: Turn) -> bool:
        """One step of the optimiser, inside the strategies' before and after."""
        norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(list(gradients))))
        turn.note(f"gradient_norm_{player.role}", norm)
        if not torch.isfinite(norm):  # read on the host: a gradient that is not finite must never be applied
            turn.faults.append(Refusal(player.role, "a gradient is not finite"))
            return False
        for parameter, gradient in zip(player.parameters, gradients, strict=True):
            parameter.grad = laid_out_as(parameter, gradient)
        self.balance.around_apply(player.role, player.parameters, _stepper(player.optimizer))
        player.optimizer.zero_grad(set_to_none=True)
        return True


def at_least_float32(tensor: Tensor) -> Tensor:
    """What autocast made bf16, in float32; float64 stays."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def _stepper(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    def step() -> None:
        optimizer.step()

    return step
