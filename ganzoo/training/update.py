"""One update of one role: the batches as D sees them, D's word on them, and what that costs the role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor

from ganzoo.contracts import (
    Batch,
    Discriminator,
    Generator,
    Judgement,
    Loss,
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
from ganzoo.training.dealer import Dealer, Purpose
from ganzoo.training.look import Logits, Look, Sides, judged
from ganzoo.training.parts import Part
from ganzoo.training.precision import at_least_float32
from ganzoo.training.seen import seen_by_discriminator, seen_by_generator

Views = Mapping[Origin, tuple[Batch, Batch]]
"""By side: as drawn, and as D sees it."""


@dataclass(frozen=True, slots=True)
class Update:
    """All that the role's loss is a function of, beside the images.

    Attributes:
        role: who learns.
        purpose: of its random numbers.
        terms: what is due in this step beside the adversarial loss.
        measured: the mean of each term, added to as the losses are made.
    """

    role: Role
    purpose: Purpose
    dealer: Dealer
    generator: Generator
    discriminator: Discriminator
    loss: Loss
    balance: Balance
    terms: Sequence[Term]
    measured: dict[str, Tensor] = field(default_factory=dict)

    @property
    def needs_real(self) -> bool:
        """Whether G's loss, or a term of it, reads the reals' side."""
        return self.loss.generator_uses_real or any(term.uses_real for term in self.terms)

    # Judging

    def view(self, part: Part, real: Batch | None, fake: Batch) -> Views:
        """Both sides of a part as drawn, and as D will see them."""
        gradients_at = {origin for term in self.terms for origin in term.gradients_at}
        real, fake = real and self.dealer.own(part, real), self.dealer.own(part, fake)
        if real is not None and Origin.REAL in gradients_at:
            real = replace(real, images=real.images.detach().requires_grad_())
        if Origin.FAKE in gradients_at and not fake.images.requires_grad:
            fake = replace(fake, images=fake.images.detach().requires_grad_())
        draws = self.dealer.draws(part, *self.purpose, "views")
        views = self.balance.views(real, fake, self.role, self.dealer.moment, draws)
        both = {Origin.FAKE: (fake, views.fake)}
        return both if real is None or views.real is None else {Origin.REAL: (real, views.real), **both}

    def judge_sides(self, part: Part, views: Views) -> Sides:
        """D's word on both sides."""
        want = frozenset(extra for term in self.terms for extra in term.extras)
        self.dealer.seed_layers(part, *self.purpose, "discriminator")
        return {origin: Seen(drawn, seen, self.judge(seen, want)) for origin, (drawn, seen) in views.items()}

    def judge(self, batch: Batch, want: frozenset[str] = frozenset()) -> Judgement:
        """One forward of D."""
        return judged(self.discriminator, batch, self.dealer.arithmetic, want)

    # Losses

    def losses(self, look: Look, adversarial: Tensor) -> Iterator[Tensor]:
        """One a part, each made when it is asked for, so that one graph is held at a time; their sum is the loss.

        Args:
            look: D's word on the batch.
            adversarial: what `adversarial` gave for the look's logits.
        """
        for part, sides, logits in look.parts():
            loss = self.adversarial(logits)[0] if look.is_split else adversarial
            yield loss + self.terms_loss(part, sides)

    def adversarial(self, logits: Logits) -> tuple[Tensor, Observation]:
        """The adversarial loss over the whole batch, and what the forward showed."""
        total, shown = self._discriminators(logits) if self.role is Role.DISCRIMINATOR else self._generators(logits)
        observation = Observation(self.role, self.dealer.moment, shown, readable=self.balance.reads_numbers)
        return self.dealer.ranks.counted(total), observation

    def _discriminators(self, logits: Logits) -> tuple[Tensor, dict[str, Tensor]]:
        """mean(real) + mean(fake)."""
        real, fake = (logits[origin] for origin in Origin)
        batch_size = self.dealer.moment.batch_size
        draws = self.dealer.draws(Part(0, batch_size, batch_size), *self.purpose, "targets")
        targets = self.balance.targets(self.loss, real, fake, self.role, draws)
        split = self.loss.discriminator(real, fake, targets)
        loss_real = self.balance.weigh(split.real, real, Origin.REAL, self.role)
        loss_fake = self.balance.weigh(split.fake, fake, Origin.FAKE, self.role)
        return loss_real + loss_fake, seen_by_discriminator(self.loss, real, fake, loss_real, loss_fake)

    def _generators(self, logits: Logits) -> tuple[Tensor, dict[str, Tensor]]:
        real, fake = logits.get(Origin.REAL), logits[Origin.FAKE]
        values = self.loss.generator(fake, real if self.loss.generator_uses_real else None)
        total = self.balance.weigh(values, fake, Origin.FAKE, self.role)
        return total, seen_by_generator(total, fake, real)

    def terms_loss(self, part: Part, sides: Sides) -> Tensor | float:
        """A part's share of the weighted sum of the terms; a lazy term stands for the steps it was left out."""
        total: Tensor | float = 0.0
        dealer, moment = self.dealer, self.dealer.moment
        portion = part.count / dealer.share.count
        for term in self.terms:
            given = TermInput(
                moment=moment,
                sides=sides,
                judge=self.judge,
                generator=self.generator,
                discriminator=self.discriminator,
                draws=dealer.draws(part, *self.purpose, "term", term.name),
                mean_over_ranks=self._mean if portion == 1 else _no_mean(term, part),
            )
            value = at_least_float32(term.value(given)).mean() * portion
            self.measured[term.name] = self.measured.get(term.name, 0.0) + value.detach()
            total = total + scheduled_value(term.weight, moment.kimg) * term.every * value
        return total

    def _mean(self, value: Tensor) -> Tensor:
        return self.dealer.ranks.mean([value])[0]


def _no_mean(term: Term, part: Part) -> Callable[[Tensor], Tensor]:
    def refuse(_: Tensor) -> Tensor:
        raise UsageError(
            f"the term `{term.name}` is a formula of the whole batch's mean, and cannot be added up from microbatches "
            f"of {part.count} images",
            hint=f"leave out training.microbatch.{term.role}, or share the batch between processes: --processes 2",
        )

    return refuse
