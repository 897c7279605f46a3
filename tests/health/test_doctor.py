"""The doctor: verdicts with evidence, hysteresis, and the past of a whole run."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.contracts.ailments import Ailment
from ganzoo.health.doctor import HEALTHY, TICKS_AT_FIRST, TICKS_TO_JUDGE, Doctor, history

FAIR = {"accuracy": 0.7, "accuracy_fake": 0.7, "loss_share_discriminator": 0.8, "loss_share_generator": 1.5}
OVERPOWERED = {"accuracy": 0.98, "accuracy_fake": 0.98, "loss_share_discriminator": 0.13, "loss_share_generator": 8.0}


def see(doctor: Doctor, ticks: int, values: dict[str, float], start: int = 0) -> list[str]:
    changes = (doctor.judge(start + 25 * tick, values) for tick in range(ticks))
    return [change.name for change in changes if change is not None]


def test_a_fair_fight_is_healthy() -> None:
    assert see(Doctor(), 10, FAIR) == [HEALTHY]


def test_a_discriminator_that_is_right_and_sure_overpowers_and_the_evidence_says_why() -> None:
    doctor = Doctor()
    assert see(doctor, 10, OVERPOWERED) == [Ailment.DISCRIMINATOR_OVERPOWERS]
    assert [evidence.signal for evidence in doctor.verdict.evidence] == [
        "accuracy",
        "loss_share_discriminator",
        "loss_share_generator",
    ]
    assert "accuracy 0.98 > 0.95" in str(doctor.verdict)
    assert doctor.verdict.step == 0


def test_accuracy_alone_is_no_evidence() -> None:
    assert see(Doctor(), 10, {**OVERPOWERED, "loss_share_discriminator": 0.5}) == [HEALTHY]
    assert see(Doctor(), 10, {**OVERPOWERED, "loss_share_generator": 2.0}) == [HEALTHY]


def test_one_odd_tick_changes_no_verdict() -> None:
    doctor = Doctor()
    see(doctor, 10, FAIR)
    assert see(doctor, TICKS_TO_JUDGE - 1, {**FAIR, "accuracy_fake": 0.0, "loss_share_generator": 0.1}) == []
    assert see(doctor, 10, FAIR) == []


def test_a_game_that_swings_as_it_starts_is_not_ill() -> None:
    doctor = Doctor()
    assert see(doctor, TICKS_AT_FIRST - 1, OVERPOWERED) == []
    assert see(doctor, 12, {**FAIR, "loss_share_generator": 0.5}, start=200) == [HEALTHY]
    assert see(doctor, 4 * TICKS_AT_FIRST, OVERPOWERED, start=500) == [Ailment.DISCRIMINATOR_OVERPOWERS]


def test_a_number_that_is_not_finite_is_a_verdict_at_once() -> None:
    assert see(Doctor(), 1, {**FAIR, "loss_generator": math.nan}) == [Ailment.DIVERGING]


@pytest.mark.parametrize(
    ("signals", "ailment"),
    [
        ({"similarity": 0.95, "similarity_of_reals": 0.4}, Ailment.MODE_COLLAPSE),
        ({"repeats": 0.9}, Ailment.MODE_COLLAPSE),
        ({"memory": 0.95}, Ailment.MEMORISING),
        ({"motion": 0.0001}, Ailment.STALLED),
        ({"accuracy_fake": 0.1, "loss_share_generator": 0.3}, Ailment.GENERATOR_OVERPOWERS),
    ],
)
def test_each_ailment_is_told_by_its_signals(signals: dict[str, float], ailment: Ailment) -> None:
    assert see(Doctor(), 12, {**FAIR, **signals}) == [ailment]


@given(st.lists(st.sampled_from([FAIR, OVERPOWERED]), max_size=30), st.integers(0, 30))
def test_a_doctor_restored_from_a_checkpoint_goes_on_as_the_first_would(ticks: list[dict[str, float]], at: int) -> None:
    whole, parts = Doctor(), Doctor()
    for index, values in enumerate(ticks):
        if index == at:
            restored = Doctor()
            restored.load_state_dict(parts.state_dict())
            parts = restored
        one, other = whole.judge(index, values), parts.judge(index, values)
        assert (one and one.name, one and one.step) == (other and other.name, other and other.step)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["step", "values", "x"]),
            st.one_of(st.none(), st.text(), st.dictionaries(st.text(), st.one_of(st.none(), st.text(), st.floats()))),
        )
    )
)
def test_a_foreign_log_never_breaks_the_doctor(lines: list[dict[str, object]]) -> None:
    verdicts = history(lines)
    assert len(verdicts) <= len(lines)


def test_the_past_of_a_run_is_told_in_order() -> None:
    ticks = [{"step": step, "values": FAIR if step < 10 else OVERPOWERED} for step in range(30)]
    assert [verdict.name for verdict in history(ticks)] == [HEALTHY, Ailment.DISCRIMINATOR_OVERPOWERS]


def test_one_odd_grid_is_no_verdict() -> None:
    doctor = Doctor()
    assert see(doctor, 1, {**FAIR, "similarity": 0.99, "similarity_of_reals": 0.4}) == []
    assert see(doctor, 12, FAIR) == [HEALTHY]
    assert see(doctor, 1, {**FAIR, "similarity": 0.5, "similarity_of_reals": 0.4}) == []
    assert see(doctor, 12, FAIR) == []


def test_a_young_generator_against_a_sure_discriminator_is_overpowered_not_collapsed() -> None:
    """Figures of a plain DCGAN at 64 px after 275 steps with Adam 2e-4."""
    young = {"similarity": 0.75, "similarity_of_reals": 0.428, "repeats": 0.0}
    values = {"accuracy": 0.975, "accuracy_fake": 0.98, "loss_share_discriminator": 0.16, "loss_share_generator": 8.9}
    assert see(Doctor(), 10, {**values, **young}) == [Ailment.DISCRIMINATOR_OVERPOWERS]
