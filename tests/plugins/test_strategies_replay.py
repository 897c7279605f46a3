"""Replay: earlier fakes among D's."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ganzoo.contracts import Batch, Moment, Role
from ganzoo.testing import SeededDraws
from ganzoo_balance.replay import Replay, ReplayConfig

N = 6


def moment(step: int) -> Moment:
    return Moment(step=step, images=step * N, batch_size=N, dataset_size=1000)


def images() -> Tensor:
    return SeededDraws(N, 0, "images").uniform(3, 8, 8) * 2 - 1


def turn(strategy: Replay, step: int, labels: bool = False) -> tuple[Batch, Batch]:
    """The fakes of a step, each filled with a number of its own, and what D sees of them."""
    number = step * N + torch.arange(N)
    fake = Batch(
        number.float().view(N, 1, 1, 1).expand(N, 1, 2, 2).clone(),
        number if labels else None,
        number.float().view(N, 1).clone(),
    )
    real = Batch(-torch.ones(N, 1, 2, 2))
    views = strategy.views(real, fake, Role.DISCRIMINATOR, moment(step), SeededDraws(N, step))
    assert views.real is real
    return fake, views.fake


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.5, 3), (1.0, 6)])
def test_after_the_first_turn_a_share_of_ds_fakes_are_earlier_ones(share: float, expected: int) -> None:
    strategy = Replay(ReplayConfig(share=share, size=32))
    turn(strategy, 0)
    for step in range(1, 30):
        fake, seen = turn(strategy, step)
        earlier = seen.images[:, 0, 0, 0] != fake.images[:, 0, 0, 0]
        assert earlier.sum() == expected
        assert (seen.images[earlier] < step * N).all()
        assert len(set(seen.images[:, 0, 0, 0].tolist())) == N, "an earlier fake is shown twice"


def test_the_first_turn_shows_fresh_fakes_only() -> None:
    fake, seen = turn(Replay(ReplayConfig()), 0)
    assert torch.equal(fake.images, seen.images)


def test_earlier_fakes_keep_their_labels_and_latents() -> None:
    strategy = Replay(ReplayConfig(size=8))
    for step in range(20):
        _, seen = turn(strategy, step, labels=True)
        assert seen.labels is not None
        assert seen.latents is not None
        assert torch.equal(seen.images[:, 0, 0, 0], seen.labels.float())
        assert torch.equal(seen.latents[:, 0], seen.labels.float())


@given(st.integers(1, 20), st.floats(0, 1), st.integers(1, 15))
@settings(max_examples=40)
def test_the_buffer_never_outgrows_its_size_and_holds_no_fake_twice(size: int, share: float, steps: int) -> None:
    strategy = Replay(ReplayConfig(size=size, share=share))
    for step in range(steps):
        turn(strategy, step)
    wanted = int(share * N + 0.5)
    assert strategy.count == min(size, steps * wanted)
    kept = strategy.kept["images"][:, 0, 0, 0].tolist() if strategy.kept else []
    assert len(kept) == len(set(kept)) == strategy.count


@given(st.integers(0, 12))
@settings(max_examples=13)
def test_replays_round_trip_is_exact_at_any_point(before: int) -> None:
    one, other = Replay(ReplayConfig(size=10)), Replay(ReplayConfig(size=10))
    for step in range(before):
        turn(one, step, labels=True)
    other.load_state_dict(one.state_dict())
    for step in range(before, before + 5):
        assert torch.equal(turn(one, step, labels=True)[1].images, turn(other, step, labels=True)[1].images)


def test_a_saved_state_does_not_change_when_the_run_goes_on() -> None:
    strategy = Replay(ReplayConfig(size=4))
    for step in range(3):
        turn(strategy, step)
    kept = strategy.state_dict()["kept"]
    assert isinstance(kept, dict)
    before = kept["images"].clone()
    turn(strategy, 3)
    assert torch.equal(kept["images"], before)


def test_in_the_generators_turn_nothing_is_replaced_or_kept() -> None:
    strategy = Replay(ReplayConfig())
    turn(strategy, 0)
    state = strategy.state_dict()
    fake = Batch(images())
    assert strategy.views(None, fake, Role.GENERATOR, moment(1), SeededDraws(N)).fake is fake
    assert strategy.state_dict()["count"] == state["count"]


def test_the_gradient_passes_to_the_fresh_fakes_and_the_kept_ones_hold_no_graph() -> None:
    strategy = Replay(ReplayConfig())
    turn(strategy, 0)
    drawn = torch.full((N, 1, 2, 2), 99.0, requires_grad=True)
    fake = Batch(drawn, latents=torch.zeros(N, 1))
    seen = strategy.views(None, fake, Role.DISCRIMINATOR, moment(1), SeededDraws(N)).fake
    (gradient,) = torch.autograd.grad(seen.images.sum(), drawn)
    assert torch.equal(gradient, (seen.images == 99).float())
    assert not strategy.kept["images"].requires_grad


def test_a_fake_that_is_not_finite_is_never_shown_again() -> None:
    strategy = Replay(ReplayConfig(size=8, share=1.0))
    broken = Batch(torch.full((N, 1, 2, 2), torch.nan), torch.arange(N), torch.full((N, 1), -torch.inf))
    strategy.views(Batch(images()), broken, Role.DISCRIMINATOR, moment(0), SeededDraws(N))
    for step in range(1, 8):
        _, seen = turn(strategy, step, labels=True)
        assert seen.images.isfinite().all()
        assert seen.latents is not None
        assert seen.latents.isfinite().all()
