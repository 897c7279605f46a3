"""Drives a strategy through synthetic turns and writes down everything it answers."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganzoo.contracts import BalancingStrategy, Batch, Moment, Observation, Origin, Role, Views
from ganzoo.testing.draws import SeededDraws

IMAGES = 6
IMAGE_SHAPE = (3, 8, 8)
PERIOD = 20
"""Turns after which a sequence begins anew, with other chances."""
LARGEST_LOGIT = 6.0
"""What D answers where it is certain; a gate on logits has its threshold below."""

Answers = list[tuple[str, object]]
"""What was asked, and the answer in plain comparable values."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One synthetic turn of the loop: when it is, and what D's forward showed.

    Attributes:
        accuracy: D's, in [0, 1].
        loss: D's, above 0.
    """

    moment: Moment
    accuracy: float
    loss: float

    def observation(self, role: Role, *, readable: bool, device: str = "cpu") -> Observation:
        """What the role's forward showed, with the values the loop gives."""
        lead = LARGEST_LOGIT * (2 * self.accuracy - 1)
        values = {"loss": 3.0 - self.loss, "logit_fake": -lead}
        if role is Role.DISCRIMINATOR:
            values |= {"loss": self.loss, "loss_real": self.loss / 2, "loss_fake": self.loss / 2}
            values |= dict.fromkeys(("accuracy", "accuracy_real", "accuracy_fake"), self.accuracy)
            values |= {"logit_real": lead, "sign_real": 2 * self.accuracy - 1}
            values |= {"saturation": max(0.0, 2 * self.accuracy - 1)}
        tensors = {name: torch.tensor(value, device=device) for name, value in values.items()}
        return Observation(role, self.moment, tensors, readable=readable)

    def batches(self, device: str = "cpu") -> Views:
        """Reals and fakes, [6, 3, 8, 8] in [-1, 1]; the fakes require grad."""
        draws = SeededDraws(IMAGES, self.moment.step, "images", device)
        real, fake = (draws.uniform(*IMAGE_SHAPE) * 2 - 1 for _ in Origin)
        return Views(Batch(real), Batch(fake.requires_grad_(), latents=draws.normal(4)))


def turns(first: int, count: int) -> Iterator[Turn]:
    """Turns in which D is certain, loses its lead bit by bit, guesses, is anything, or certainly wrong, some each."""
    for step in range(first, first + count):
        chance = random.Random(step)
        falling = 1 - (step % 4 + chance.random()) / 8
        accuracy = (1.0, falling, 0.5, chance.random(), 0.0)[step // 4 % 5]
        moment = Moment(step=step, images=step * IMAGES, batch_size=IMAGES, dataset_size=10 * IMAGES)
        yield Turn(moment, accuracy, loss=0.01 + 2 * (1 - accuracy))


def plain(answer: object) -> object:
    """An answer in values that compare by content."""
    if isinstance(answer, torch.Tensor):
        return tuple(answer.shape), answer.detach().double().flatten().tolist()
    if isinstance(answer, Batch):
        return plain(answer.images)
    if isinstance(answer, Views):
        return tuple(plain(batch) for batch in answer)
    return answer


def drive(strategy: BalancingStrategy, sequence: Iterable[Turn]) -> Answers:
    """Play the turns as the loop does; everything the strategy answered, in order."""
    answers: Answers = []
    for turn in sequence:
        answers.append(("plan", strategy.plan(turn.moment)))
        for role in (Role.DISCRIMINATOR, Role.GENERATOR):
            _play(strategy, turn, role, answers)
    return answers


def _play(strategy: BalancingStrategy, turn: Turn, role: Role, answers: Answers) -> None:
    readable = strategy.reads_numbers
    real, fake = turn.batches()
    draws = SeededDraws(IMAGES, turn.moment.step, role)
    shown = real if role is Role.DISCRIMINATOR else None
    answers.append((f"views, {role}", plain(strategy.views(shown, fake, role, turn.moment, draws))))
    if role is Role.DISCRIMINATOR:
        strategy.observe(turn.observation(role, readable=readable))
    # G is asked before its forward, with the observation of D's.
    seen = turn.observation(Role.DISCRIMINATOR, readable=readable)
    answers.append((f"allow_update, {role}", strategy.allow_update(role, seen)))
    if role is Role.GENERATOR:
        strategy.observe(turn.observation(role, readable=readable))
    answers.append((f"rate, {role}", strategy.rate(role, turn.moment)))
    answers.extend(
        (f"{question}, {role}, {origin}", plain(value))
        for origin in Origin
        for question, value in logit_answers(strategy, turn, origin, role)
    )


def logit_answers(
    strategy: BalancingStrategy, turn: Turn, origin: Origin, role: Role
) -> Iterator[tuple[str, Tensor | float]]:
    """Weights and targets for one side of a batch."""
    draws = SeededDraws(IMAGES, turn.moment.step, f"{origin}/{role}")
    yield "weights", strategy.weights(draws.named("logits").normal(), origin, role)
    targets = torch.full((IMAGES,), float(origin is Origin.REAL))
    yield "targets", strategy.targets(targets, origin, role, draws.named("targets"))


def follow_device(strategy: BalancingStrategy, device: str) -> None:
    """Show it batches, targets and logits on a device, for a turn of each role."""
    (turn,) = turns(0, 1)
    for role in Role:
        real, fake = turn.batches(device)
        draws = SeededDraws(IMAGES, 0, role, device)
        strategy.views(real if role is Role.DISCRIMINATOR else None, fake, role, turn.moment, draws)
        for origin in Origin:
            strategy.weights(draws.normal(), origin, role)
            strategy.targets(draws.uniform(), origin, role, draws.named("targets"))


def observe_device(strategy: BalancingStrategy, device: str) -> None:
    """Show it what a forward of each role showed, on a device, and ask whether the role may learn."""
    (turn,) = turns(0, 1)
    for role in Role:
        seen = turn.observation(role, readable=strategy.reads_numbers, device=device)
        strategy.observe(seen)
        if role is Role.DISCRIMINATOR:
            for learner in Role:
                strategy.allow_update(learner, seen)


def parameters() -> list[nn.Parameter]:
    """Two parameters with gradients, as the optimiser sees them."""
    draws = SeededDraws(4, 0, "parameters")
    result = [nn.Parameter(draws.normal(3)), nn.Parameter(draws.normal())]
    for parameter in result:
        parameter.grad = torch.ones_like(parameter)
    return result
