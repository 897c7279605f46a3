"""One turn of the game: D learns to tell, then G learns from D.

    for each planned update of D:
        reals, fakes -> views -> D's logits -> observe -> may D learn?
            loss + terms -> backward -> mean over the processes -> apply
    for each planned update of G:
        may G learn?  fakes -> views -> frozen D's logits -> loss + terms -> backward -> mean -> apply -> average

A step is a function of (checkpoint, step number): every draw is keyed by seed, purpose, step and image. A refused
update is no update at all: no backward, no optimiser step (Adam's momentum alone would move D), D's buffers as before.

A batch is what all processes see together. Each has its share of the images, and works on it at once or, to save
memory, in parts; the loss is always that of the whole batch (`ganzoo.training.look`). One process has one share, one
part, and nobody to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from ganzoo.errors import UsageError
from ganzoo.training.balance import Balance
from ganzoo.training.ema import AveragedWeights
from ganzoo.training.game import KeyedGame
from ganzoo.training.look import Logits, Look, Sides, added_up
from ganzoo.training.parts import Part, joined
from ganzoo.training.player import Player, laid_out_as
from ganzoo.training.precision import Arithmetic, at_least_float32
from ganzoo.training.randomness import KeyedDraws, seed_layers
from ganzoo.training.ranks import ALONE, Ranks
from ganzoo.training.seen import seen_by_discriminator, seen_by_generator
from ganzoo.training.turn import Refusal, Turn, note_observation

Purpose = tuple[object, ...]
"""What random numbers are for; part of their key."""
Views = Mapping[Origin, tuple[Batch, Batch]]
"""By side: as drawn, and as D sees it."""
Learner = Player[Generator] | Player[Discriminator]


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
        turn = Turn()
        for player in (self.generator, self.discriminator):
            player.set_rate(moment.kimg, self.rate * self.balance.rate(player.role, moment))
            turn.note(f"learning_rate_{player.role}", player.rate)
        if not self.balance.play(KeyedGame(self, moment, turn)):
            self.play_in_turns(moment, turn)
        if self.ranks.count > 1:
            self.ranks.average([*self.generator.statistics(), *self.discriminator.statistics()])
        return turn

    def play_in_turns(self, moment: Moment, turn: Turn) -> None:
        """The planned updates, D's first."""
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
            drawn_as: Purpose = ("discriminator", update)
            fake = self.draw_fake(moment, real, drawn_as, with_gradient=reuse)
            seen_by_d = self.update_discriminator(moment, real, fake, update, turn)
        for update in range(plan.generator_updates):
            if not self._generator_may_learn(seen_by_d, turn):
                continue
            if fake is None or not reuse:
                drawn_as = ("generator", update)
                fake = self.draw_fake(moment, real, drawn_as, with_gradient=True)
            self.update_generator(moment, real, fake, drawn_as, update, turn)

    # The two updates

    def update_discriminator(self, moment: Moment, real: Batch, fake: Batch, update: int, turn: Turn) -> Observation:
        """D's update, unless a strategy refuses it."""
        player, purpose = self.discriminator, ("discriminator", update)
        buffers = player.buffers()
        terms = self.balance.terms_of(player.role, moment)
        fake = replace(fake, images=fake.images.detach())
        parts = self.parts(player.role, moment)
        views = {part: self.view(moment, part, player.role, real, fake, purpose, terms) for part in parts}
        judge = lambda part: self.judge_sides(moment, part, views[part], purpose, terms)  # noqa: E731
        look = Look(parts, judge, self.ranks, player.buffers_kept)
        adversarial, observation = self.discriminator_loss(moment, look.logits, purpose)
        note_observation(turn, observation)
        self.balance.observe(observation)
        # Never both off: where G has no turn in this step, D is not asked.
        alone = turn.planned[Role.GENERATOR] == 0
        decision = ALLOW if alone else self.balance.allow_update(player.role, observation)
        if not decision.allowed:
            player.restore_buffers(buffers)
            turn.refusals.append(Refusal(player.role, decision.reason))
            return observation
        measured: dict[str, Tensor] = {}
        losses = (
            (self.discriminator_loss(moment, logits, purpose)[0] if look.is_split else adversarial)
            + self.terms_loss(moment, part, terms, sides, purpose, measured)
            for part, sides, logits in look.parts()
        )
        if not self.learn(player, losses, measured, turn):
            player.restore_buffers(buffers)
        return observation

    def update_generator(
        self, moment: Moment, real: Batch, fake: Batch, drawn_as: Purpose, update: int, turn: Turn
    ) -> None:
        """G's update against a frozen D."""
        player, purpose = self.generator, ("generator", update)
        buffers = player.buffers()
        terms = self.balance.terms_of(player.role, moment)
        needs_real = self.loss.generator_uses_real or any(term.uses_real for term in terms)

        def judge(part: Part) -> Sides:
            drawn = fake
            if torch.is_grad_enabled() and not fake.images.requires_grad:  # in parts: G's graph of this one alone
                with player.buffers_kept():
                    drawn = self.draw_part(moment, part, real, drawn_as, with_gradient=True)
            views = self.view(moment, part, player.role, real if needs_real else None, drawn, purpose, terms)
            return self.judge_sides(moment, part, views, purpose, terms)

        with self.discriminator.frozen():
            look = Look(self.parts(player.role, moment), judge, self.ranks, self.discriminator.buffers_kept)
            adversarial, observation = self.generator_loss(moment, look.logits)
            note_observation(turn, observation)
            self.balance.observe(observation)
            measured: dict[str, Tensor] = {}
            losses = (
                (self.generator_loss(moment, logits)[0] if look.is_split else adversarial)
                + self.terms_loss(moment, part, terms, sides, purpose, measured)
                for part, sides, logits in look.parts()
            )
            learnt = self.learn(player, losses, measured, turn)
        if learnt:
            self.average.update(player.network, moment.kimg)
        else:
            player.restore_buffers(buffers)

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

    def parts(self, role: Role, moment: Moment) -> list[Part]:
        """This process's share of the batch, in parts whose graph it can hold."""
        return self.ranks.share(moment.batch_size).cut(self.microbatch.get(role))

    def draw_real(self, moment: Moment, turn: Turn) -> Batch:
        """This process's share of the next reals of the stream."""
        share = self.ranks.share(moment.batch_size)
        start = moment.images + turn.images
        turn.images += moment.batch_size
        return self.reals.take(start + share.first, share.count)

    def draw_fake(self, moment: Moment, paired_with: Batch, purpose: Purpose, *, with_gradient: bool) -> Batch:
        """G's share of images; those made in parts have no gradient, which is made when it is each part's turn."""
        parts = self.parts(Role.GENERATOR, moment)
        graph = with_gradient and len(parts) == 1
        return joined([self.draw_part(moment, part, paired_with, purpose, with_gradient=graph) for part in parts])

    def draw_part(
        self, moment: Moment, part: Part, paired_with: Batch, purpose: Purpose, *, with_gradient: bool
    ) -> Batch:
        """G's images for keyed latents, with the labels of the reals they are paired with."""
        latents = self.draws(moment, part, *purpose, "latents").normal(self.generator.network.latent_dim)
        labels = self.own(moment, part, paired_with).labels
        self.seed_layers(moment, part, *purpose, "generator")
        with torch.set_grad_enabled(with_gradient), self.arithmetic.forward():
            images = self.generator.network(latents, labels)
        return Batch(at_least_float32(images), labels, latents)

    def draws(self, moment: Moment, part: Part, *purpose: object) -> KeyedDraws:
        """Random numbers of one purpose in this step, for these images of the batch."""
        return KeyedDraws(self.seed, (moment.step, *purpose), moment.batch_size, self.arithmetic.device, rows=part.rows)

    def seed_layers(self, moment: Moment, part: Part, *purpose: object) -> None:
        """Random layers draw for the images they see: other images, other numbers."""
        begins = (part.first,) if part.first else ()
        seed_layers(self.arithmetic.device, self.seed, moment.step, *purpose, *begins)

    def own(self, moment: Moment, part: Part, batch: Batch) -> Batch:
        """A part's images, of a batch that holds the process's share or just them."""
        share = self.ranks.share(moment.batch_size)
        return batch if len(batch.images) == part.count else part.from_(batch, share)

    # Judging

    def view(
        self,
        moment: Moment,
        part: Part,
        role: Role,
        real: Batch | None,
        fake: Batch,
        purpose: Purpose,
        terms: Sequence[Term],
    ) -> Views:
        """Both sides of a part as drawn, and as D will see them."""
        gradients_at = {origin for term in terms for origin in term.gradients_at}
        real, fake = real and self.own(moment, part, real), self.own(moment, part, fake)
        if real is not None and Origin.REAL in gradients_at:
            real = replace(real, images=real.images.detach().requires_grad_())
        if Origin.FAKE in gradients_at and not fake.images.requires_grad:
            fake = replace(fake, images=fake.images.detach().requires_grad_())
        views = self.balance.views(real, fake, role, moment, self.draws(moment, part, *purpose, "views"))
        both = {Origin.FAKE: (fake, views.fake)}
        return both if real is None or views.real is None else {Origin.REAL: (real, views.real), **both}

    def judge_sides(self, moment: Moment, part: Part, views: Views, purpose: Purpose, terms: Sequence[Term]) -> Sides:
        """D's word on both sides."""
        want = frozenset(extra for term in terms for extra in term.extras)
        self.seed_layers(moment, part, *purpose, "discriminator")
        return {origin: Seen(drawn, seen, self.judge(seen, want)) for origin, (drawn, seen) in views.items()}

    def judge(self, batch: Batch, want: frozenset[str] = frozenset()) -> Judgement:
        """One forward of D; logits in float32 whatever the arithmetic."""
        with self.arithmetic.forward():
            judgement: Judgement = self.discriminator.network(batch.images, batch.labels, want)
        return Judgement(at_least_float32(judgement.logits), judgement.extras)

    # Losses

    def discriminator_loss(self, moment: Moment, logits: Logits, purpose: Purpose) -> tuple[Tensor, Observation]:
        """D's adversarial loss over the whole batch, mean(real) + mean(fake), and what the forward showed."""
        role = Role.DISCRIMINATOR
        real, fake = (logits[origin] for origin in Origin)
        everyone = Part(0, moment.batch_size, moment.batch_size)
        draws = self.draws(moment, everyone, *purpose, "targets")
        targets = self.balance.targets(self.loss, real, fake, role, draws)
        split = self.loss.discriminator(real, fake, targets)
        loss_real = self.balance.weigh(split.real, real, Origin.REAL, role)
        loss_fake = self.balance.weigh(split.fake, fake, Origin.FAKE, role)
        shown = seen_by_discriminator(self.loss, real, fake, loss_real, loss_fake)
        observation = Observation(role, moment, shown, readable=self.balance.reads_numbers)
        return self.ranks.counted(loss_real + loss_fake), observation

    def generator_loss(self, moment: Moment, logits: Logits) -> tuple[Tensor, Observation]:
        """G's adversarial loss over the whole batch, and what the forward showed."""
        real, fake = logits.get(Origin.REAL), logits[Origin.FAKE]
        values = self.loss.generator(fake, real if self.loss.generator_uses_real else None)
        total = self.balance.weigh(values, fake, Origin.FAKE, Role.GENERATOR)
        shown = seen_by_generator(total, fake, real)
        observation = Observation(Role.GENERATOR, moment, shown, readable=self.balance.reads_numbers)
        return self.ranks.counted(total), observation

    def terms_loss(
        self,
        moment: Moment,
        part: Part,
        terms: Sequence[Term],
        sides: Sides,
        purpose: Purpose,
        measured: dict[str, Tensor],
    ) -> Tensor | float:
        """A part's share of the weighted sum of the terms due; a lazy term stands for the steps it was left out.

        Each term's mean is added to `measured`.
        """
        total: Tensor | float = 0.0
        portion = part.count / self.ranks.share(moment.batch_size).count
        for term in terms:
            given = TermInput(
                moment=moment,
                sides=sides,
                judge=self.judge,
                generator=self.generator.network,
                discriminator=self.discriminator.network,
                draws=self.draws(moment, part, *purpose, "term", term.name),
                mean_over_ranks=self._mean if portion == 1 else _no_mean(term, part),
            )
            value = at_least_float32(term.value(given)).mean() * portion
            measured[term.name] = measured.get(term.name, 0.0) + value.detach()
            total = total + scheduled_value(term.weight, moment.kimg) * term.every * value
        return total

    def _mean(self, value: Tensor) -> Tensor:
        return self.ranks.mean([value])[0]

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


def _no_mean(term: Term, part: Part) -> Callable[[Tensor], Tensor]:
    def refuse(_: Tensor) -> Tensor:
        raise UsageError(
            f"the term `{term.name}` is a formula of the whole batch's mean, and cannot be added up from microbatches "
            f"of {part.count} images",
            hint=f"leave out training.microbatch.{term.role}, or share the batch between processes: --processes 2",
        )

    return refuse


def _stepper(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    def step() -> None:
        optimizer.step()

    return step
