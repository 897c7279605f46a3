import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ganzoo.contracts import Moment, Observation, Role
from ganzoo_balance.d_skip import DiscriminatorSkip, DiscriminatorSkipConfig

SHARE = st.floats(0, 1, width=32)
ACCURACIES = st.lists(SHARE, min_size=1, max_size=30)
CONFIGS = st.builds(
    DiscriminatorSkipConfig,
    threshold=st.floats(0.05, 1, exclude_max=True),
    smoothing=st.floats(0, 0.99),
    patience=st.integers(0, 4),
)
MOMENT = Moment(step=0, images=0, batch_size=64, dataset_size=4096)


def observation(accuracy: float, role: Role = Role.DISCRIMINATOR, loss: float = 1.0) -> Observation:
    return Observation(role, MOMENT, {"accuracy": torch.tensor(accuracy), "loss": torch.tensor(loss)})


def refused(strategy: DiscriminatorSkip, accuracies: list[float], role: Role = Role.DISCRIMINATOR) -> list[bool]:
    """Whether each update is refused, asked as the loop asks: after the forward was observed."""
    answers = []
    for accuracy in accuracies:
        seen = observation(accuracy)
        strategy.observe(seen)
        answers.append(not strategy.allow_update(role, seen).allowed)
    return answers


@given(st.floats(0.05, 1, exclude_max=True), ACCURACIES)
def test_unsmoothed_it_refuses_exactly_while_accuracy_is_above_the_threshold(
    threshold: float, accuracies: list[float]
) -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(threshold=threshold))
    assert refused(strategy, accuracies) == [accuracy > threshold for accuracy in accuracies]


@given(st.floats(0.05, 3), ACCURACIES)
def test_by_the_loss_it_refuses_exactly_while_the_loss_is_below_the_threshold(
    threshold: float, losses: list[float]
) -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(measure="loss", threshold=threshold))
    answers = []
    for loss in losses:
        seen = observation(0.5, loss=loss)
        strategy.observe(seen)
        answers.append(not strategy.allow_update(Role.DISCRIMINATOR, seen).allowed)
    assert answers == [loss < threshold for loss in losses]


@given(CONFIGS, ACCURACIES)
def test_the_generator_is_never_refused(config: DiscriminatorSkipConfig, accuracies: list[float]) -> None:
    assert not any(refused(DiscriminatorSkip(config), accuracies, Role.GENERATOR))


@given(CONFIGS, ACCURACIES)
def test_it_never_refuses_while_no_batch_was_above_the_threshold(
    config: DiscriminatorSkipConfig, accuracies: list[float]
) -> None:
    below = [accuracy * config.threshold * 0.999 for accuracy in accuracies]
    assert not any(refused(DiscriminatorSkip(config), below))


@given(CONFIGS, st.integers(1, 12))
def test_patience_is_the_number_of_updates_made_before_the_first_is_skipped(
    config: DiscriminatorSkipConfig, batches: int
) -> None:
    certain = config.model_copy(update={"threshold": 0.9})
    answers = refused(DiscriminatorSkip(certain), [1.0] * batches)
    assert answers == [batch >= config.patience for batch in range(batches)]


def test_one_batch_that_is_not_ahead_starts_patience_anew() -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(patience=2))
    assert refused(strategy, [0.9, 0.9, 0.9, 0.5, 0.9, 0.9, 0.9]) == [0, 0, 1, 0, 0, 0, 1]


@given(CONFIGS, ACCURACIES, ACCURACIES)
def test_its_state_survives_a_round_trip_at_any_point(
    config: DiscriminatorSkipConfig, before: list[float], after: list[float]
) -> None:
    one, other = DiscriminatorSkip(config), DiscriminatorSkip(config)
    refused(one, before)
    other.load_state_dict(one.state_dict())
    assert refused(one, after) == refused(other, after)


@given(CONFIGS, ACCURACIES)
def test_asking_changes_nothing(config: DiscriminatorSkipConfig, accuracies: list[float]) -> None:
    asked_once, asked_often = DiscriminatorSkip(config), DiscriminatorSkip(config)
    for accuracy in accuracies:
        for role in Role:
            asked_often.allow_update(role, observation(1 - accuracy))
        assert refused(asked_once, [accuracy]) == refused(asked_often, [accuracy])


@given(CONFIGS, ACCURACIES, SHARE)
def test_what_gs_forward_shows_does_not_count(
    config: DiscriminatorSkipConfig, accuracies: list[float], of_g: float
) -> None:
    alone, beside = DiscriminatorSkip(config), DiscriminatorSkip(config)
    for accuracy in accuracies:
        beside.observe(observation(of_g, Role.GENERATOR))
        assert refused(alone, [accuracy]) == refused(beside, [accuracy])


@given(CONFIGS, ACCURACIES)
def test_a_higher_threshold_refuses_no_more(config: DiscriminatorSkipConfig, accuracies: list[float]) -> None:
    lower = config.model_copy(update={"threshold": config.threshold / 2})
    more, fewer = (refused(DiscriminatorSkip(c), accuracies) for c in (lower, config))
    assert all(low or not high for low, high in zip(more, fewer, strict=True))


def test_smoothing_waits_for_the_average_to_cross() -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(threshold=0.8, smoothing=0.5))
    # averages without start-up bias: 0.6, 0.867, 0.657
    assert refused(strategy, [0.6, 1.0, 0.5]) == [False, True, False]


def test_a_batch_that_is_not_a_number_is_not_remembered() -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(smoothing=0.9))
    assert refused(strategy, [0.9, math.nan, 0.9]) == [True, True, True]
    assert strategy.signal.value == pytest.approx(0.9)


def test_a_refusal_says_what_was_measured_and_against_what() -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig())
    refused(strategy, [0.9, 0.95])
    decision = strategy.allow_update(Role.DISCRIMINATOR, observation(0.95))
    assert decision.reason == "D accuracy 0.950 > 0.8, 2 in a row"


def test_the_cap_on_skips_in_a_row_is_the_loops_to_keep() -> None:
    assert DiscriminatorSkip(DiscriminatorSkipConfig(at_most=3)).max_consecutive_skips == 3
    assert DiscriminatorSkip(DiscriminatorSkipConfig(at_most=None)).max_consecutive_skips is None


def test_measuring_the_loss_needs_a_threshold_of_its_own() -> None:
    with pytest.raises(ValidationError, match="needs a threshold of its own"):
        DiscriminatorSkipConfig(measure="loss")


@pytest.mark.parametrize("threshold", [1, 80])
def test_an_accuracy_that_is_never_exceeded_is_no_threshold(threshold: float) -> None:
    with pytest.raises(ValidationError, match=rf"an accuracy in \(0, 1\) here; above {threshold} there is none"):
        DiscriminatorSkipConfig(threshold=threshold)


@pytest.mark.parametrize(
    "settings", [{"threshold": 0}, {"smoothing": 1}, {"patience": -1}, {"at_most": 0}, {"treshold": 0.8}]
)
def test_settings_out_of_range_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DiscriminatorSkipConfig(**settings)
