"""Smaller batches: how many images, and an average of the same length."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.contracts import Settings
from ganzoo_balance.batch_size import AVERAGE, BATCH, BatchSize, BatchSizeConfig


def changed(batch: int, beta: float, **settings: float) -> dict[str, object]:
    strategy = BatchSize(BatchSizeConfig.model_validate(settings))
    return dict(strategy.configure(Settings({BATCH: batch, AVERAGE: beta}, asked_by="`batch-size`")))


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
