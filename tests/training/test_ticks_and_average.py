"""Numbers of a tick, the verdict, the averaged generator."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from ganzoo.contracts import Generator, ImageShape, Loss, Role, Schedule, Split
from ganzoo.training.ema import AveragedWeights
from ganzoo.training.guessing import costs_of_guessing, shares_of_guessing
from ganzoo.training.numbers import TickNumbers
from ganzoo.training.turn import Refusal, Turn


class Logistic(Loss):
    targets = (1.0, 0.0)

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        return Split(nn.functional.softplus(-real), nn.functional.softplus(fake))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        return nn.functional.softplus(-fake)


def turn(loss: float, refused: bool = False) -> Turn:
    made = Turn(images=8, planned={Role.DISCRIMINATOR: 1, Role.GENERATOR: 1})
    made.note("loss", torch.tensor(loss))
    made.note("rate", 0.5)
    if refused:
        made.refusals.append(Refusal(Role.DISCRIMINATOR, "why"))
    return made


def test_a_tick_reads_means_and_shares_of_refused_updates_and_starts_anew() -> None:
    numbers = TickNumbers()
    for loss, refused in ((1.0, True), (2.0, False), (6.0, True), (3.0, False)):
        numbers.add(turn(loss, refused))
    values, decided = numbers.read()
    assert values == {"loss": 3.0, "rate": 0.5, "skip_rate_discriminator": 0.5, "skip_rate_generator": 0.0}
    assert [decision.message for decision in decided] == ["discriminator: 2 of 4 updates skipped; why"]
    assert numbers.read() == ({}, [])


def test_a_tick_interrupted_by_a_checkpoint_reads_the_same() -> None:
    whole, parts = TickNumbers(), TickNumbers()
    for loss in (0.1, 0.2, 0.3):
        whole.add(turn(loss, refused=loss > 0.15))
        parts.add(turn(loss, refused=loss > 0.15))
        restored = TickNumbers()
        restored.load_state_dict(parts.state_dict())  # type: ignore[arg-type]  # as a checkpoint gives it back
        parts = restored
    assert whole.read() == parts.read()


def test_a_loss_is_read_on_the_scale_of_what_guessing_costs() -> None:
    costs = costs_of_guessing(Logistic())
    assert costs[Role.DISCRIMINATOR] == pytest.approx(2 * 0.6931472)
    assert shares_of_guessing({"loss_discriminator": 0.6931472}, costs) == {
        "loss_share_discriminator": pytest.approx(0.5)
    }


class TinyGenerator(Generator):
    def __init__(self) -> None:
        super().__init__(ImageShape(2, 1), latent_dim=4)
        self.layer = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)

    def synthesise(self, style: Tensor) -> Tensor:
        return self.norm(self.layer(style)).tanh().view(-1, 1, 2, 2)


def test_the_average_moves_towards_the_weights_and_beta_zero_is_the_weights() -> None:
    network = TinyGenerator()
    average, present = AveragedWeights(network, 0.9), AveragedWeights(network, 0.0)
    start = network.layer.weight.detach().clone()
    with torch.no_grad():
        network.layer.weight.add_(1.0)
    for _ in range(3):
        average.update(network)
    present.update(network)
    moved = average.network.layer.weight - start
    assert 0.5 < moved.mean().item() < 1.0
    assert torch.equal(present.network.layer.weight, network.layer.weight)


def test_a_snapshot_has_the_averaged_weights_own_batch_statistics() -> None:
    network = TinyGenerator()
    average = AveragedWeights(network, 0.5)
    with torch.no_grad():
        average.network.layer.bias.fill_(10.0)
    snapshot = average.snapshot(seed=0)
    assert snapshot.norm.running_mean.mean().item() == pytest.approx(10.0, abs=0.1)
    assert average.network.norm.running_mean.abs().max().item() == 0.0, "the average itself stays as it was"
    assert not snapshot.training


def test_a_schedule_is_constant_outside_its_span_and_monotone_inside() -> None:
    schedule = Schedule(start=1.0, end=0.0, from_kimg=1, until_kimg=3)
    values = [schedule.at(kimg) for kimg in (0, 1, 1.5, 2, 2.5, 3, 9)]
    assert values[0] == values[1] == 1.0
    assert values[3] == pytest.approx(0.5)
    assert values[-2] == values[-1] == 0.0
    assert values == sorted(values, reverse=True)
