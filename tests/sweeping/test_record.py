"""The record in a journal: who has what, and which run is worth going on."""

from __future__ import annotations

import pytest

from ganzoo.registry.catalogue import catalogue
from ganzoo.sweeping.define import plan_of
from ganzoo.sweeping.plan import Key, Reason, State
from ganzoo.sweeping.record import Record
from ganzoo.sweeping.score import Measured
from ganzoo.sweeping.space import Space
from ganzoo.sweeping.storage import JOURNAL, open_database, open_journal
from ganzoo.sweeping.study import open_study


@pytest.fixture
def record_of(tmp_path):
    """`record_of(definition)`: in `tmp_path`, anew each time, as another process would see it."""

    def opened(definition) -> Record:
        space = Space(definition.request(tmp_path), definition.varies, catalogue())
        study, kept = open_study(open_journal(tmp_path), "sweep", definition)
        assert kept == definition
        return Record(study, definition, plan_of(definition, space), space)

    return opened


def found(value: float) -> Measured:
    return Measured("distance", value, 1000, 1, {"metric": "distance"})


def test_a_claim_is_one_run_with_its_values(toy, record_of):
    record = record_of(toy("generator.width=4,8", seeds=2))
    claims = [record.claim() for _ in range(5)]
    assert [(key, setting["generator.width"]) for _, key, setting in claims[:4]] == [
        (Key(0, 0), 4),
        (Key(1, 0), 8),
        (Key(0, 1), 4),
        (Key(1, 1), 8),
    ]
    assert claims[4] is None


def test_what_a_dead_worker_had_is_claimed_again_with_what_it_drew(toy, record_of):
    definition = toy("generator.width=4..80", sampler="random", trials=1)
    _, key, setting = record_of(definition).claim()
    record = record_of(definition)
    assert record.claim() is None
    assert record.lay_down_the_dead() == 1
    assert record.claim()[1:] == (key, setting)


def test_what_was_told_is_there_for_another_process(toy, record_of):
    definition = toy("generator.width=4,8")
    record = record_of(definition)
    trial, _, _ = record.claim()
    record.tell(trial, found(0.5))
    trial, _, _ = record.claim()
    record.fail(trial, Reason.ERROR, "diverged")
    told = record_of(definition).done()
    assert [(one.value, one.score, one.message) for one in told] == [(0.5, "distance", ""), (None, "", "diverged")]
    assert told[0].protocol == {"metric": "distance"}
    assert told[1].what.reason is Reason.ERROR


def test_a_worker_that_lost_its_run_changes_nothing_of_it_any_more(toy, record_of):
    definition = toy("generator.width=4,8")
    slow = record_of(definition)
    trial, _, _ = slow.claim()
    record_of(definition).lay_down_the_dead()
    assert not slow.has(trial)
    slow.tell(trial, found(0.5))
    slow.fail(trial, Reason.ERROR, "late")
    assert not slow.is_hopeless(trial, 1, 0.5)
    assert [(one.state, one.reason) for one in slow.tries()] == [(State.FAILED, None)]


def test_a_worker_that_dies_right_after_its_claim_is_missed(toy, tmp_path):
    definition = toy("generator.width=4,8")
    space = Space(definition.request(tmp_path), definition.varies, catalogue())
    database = open_database(f"sqlite:///{tmp_path / 'record.db'}", heartbeat_s=30)
    study, _ = open_study(database, "sweep", definition)
    trial, _, _ = Record(study, definition, plan_of(definition, space), space, database).claim()
    assert not database._get_stale_trial_ids(study._study_id), "it was alive a moment ago"
    database.grace_period = -1  # that moment is long gone
    assert database._get_stale_trial_ids(study._study_id) == [trial._trial_id]


def test_half_a_line_that_a_kill_left_is_cut_off(toy, record_of, tmp_path):
    definition = toy("generator.width=4,8")
    record_of(definition).claim()
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"op_code":6,"trial')
    (tmp_path / f"{JOURNAL}.lock").touch()
    record = record_of(definition)
    assert record.claim()[1] == Key(1, 0)
    assert len(record_of(definition).tries()) == 2


def curve(record: Record, *scores: float) -> int | None:
    """After how many of these scores the run is given up."""
    trial, _, _ = record.claim()
    for place, score in enumerate(scores, start=1):
        if record.is_hopeless(trial, place, score):
            record.pruned(trial)
            return place
    record.tell(trial, found(scores[-1]))
    return None


def test_a_score_that_goes_up_and_comes_down_again_ends_no_run(toy, record_of):
    record = record_of(toy("generator.width=4,5,6,7,8,9,10", prune=2))
    for _ in range(5):
        assert curve(record, 5, 4, 3, 2, 1, 1) is None
    assert curve(record, 6, 9, 2, 8, 1, 1) is None
    assert curve(record, 6, 9, 9, 9, 9, 9) == 3


@pytest.mark.parametrize("prune", [1, 2, 4])
def test_a_run_is_given_up_after_as_many_evaluations_without_improvement_as_were_said(toy, record_of, prune):
    record = record_of(toy("generator.width=4,5,6,7,8,9", prune=prune))
    for _ in range(5):
        curve(record, *[1] * 8)
    assert curve(record, 5, *[9] * 7) == 1 + prune


def test_no_run_is_given_up_before_there_are_some_to_compare_with(toy, record_of):
    record = record_of(toy("generator.width=4,5", prune=1))
    assert curve(record, 6, 9, 9, 9, 9) is None
