"""Smaller batches: how many images, and a run and an average of the same length."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Settings
from ganzoo.registry.catalogue import catalogue
from ganzoo.testing.strategy import SETTINGS
from ganzoo.training.session import build_session
from ganzoo_balance.batch_size import AVERAGE, BATCH, HALF_LIFE, STEPS, BatchSize, BatchSizeConfig


def changed(batch: int, beta: float, of_the_run: dict[str, object] | None = None, **own: float) -> dict[str, object]:
    strategy = BatchSize(BatchSizeConfig.model_validate(own))
    settings = {**SETTINGS, BATCH: batch, AVERAGE: beta, **(of_the_run or {})}
    return dict(strategy.configure(Settings(settings, asked_by="`batch-size`")))


def test_a_quarter_of_the_batch_by_default() -> None:
    assert changed(64, 0.99) == {BATCH: 16, AVERAGE: pytest.approx(0.99**0.25)}


@pytest.mark.parametrize(("batch", "settings"), [(16, {}), (8, {}), (1, {}), (64, {"factor": 1})])
def test_what_is_small_enough_already_stays(batch: int, settings: dict[str, float]) -> None:
    assert changed(batch, 0.99, **settings) == {}


@given(st.integers(2, 4096), st.floats(0.5, 0.9999), st.floats(0.01, 8))
def test_the_average_forgets_an_image_as_fast_as_before(batch: int, beta: float, factor: float) -> None:
    new = changed(batch, beta, factor=factor)
    if not new:
        return
    after, kept = new[BATCH], new[AVERAGE]
    assert isinstance(after, int)
    assert isinstance(kept, float)
    assert math.log(kept) / after == pytest.approx(math.log(beta) / batch)
    assert after >= min(batch, 16)


def test_no_average_stays_no_average() -> None:
    assert changed(64, 0.0)[AVERAGE] == 0.0


@given(st.integers(1, 4096), st.integers(1, 100_000), st.floats(0.01, 8))
def test_a_run_given_by_steps_sees_as_many_images_as_before(batch: int, steps: int, factor: float) -> None:
    new = changed(batch, 0.99, {STEPS: steps}, factor=factor)
    after, turns = new.get(BATCH, batch), new.get(STEPS, steps)
    assert isinstance(after, int)
    assert isinstance(turns, int)
    assert abs(turns * after - steps * batch) <= max(after, batch) / 2 or turns == 1


def test_a_run_given_by_epochs_has_no_steps_to_change() -> None:
    assert STEPS not in changed(64, 0.99)


@pytest.mark.parametrize("half_life", [{HALF_LIFE: 10.0}, {f"{HALF_LIFE}.start": 0.0, f"{HALF_LIFE}.end": 5.0}])
def test_an_average_that_counts_images_stays_as_it_is(half_life: dict[str, object]) -> None:
    assert changed(64, 0.99, half_life) == {BATCH: 16}


def test_a_session_ends_after_the_images_that_its_steps_were_asked_for() -> None:
    request = Request(recipe="mlp", data="ring8", balance=["batch-size"], settings=["training.steps=10"])
    session = build_session(compose(request, catalogue()), catalogue())
    assert {change.path: change.value for change in session.changes}[STEPS] == 40
    assert session.total_images == 10 * 256
    assert (session.images_a_step, session.images_a_step_asked) == (64, 256)
