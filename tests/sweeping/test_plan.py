"""Which run comes next, whoever asks, and whoever dies."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.sweeping.plan import TRIES_AT_MOST, Key, Plan, Reason, State, Try

GRID = Plan(3, 2, fixed=({"a": 1}, {"a": 2}, {"a": 3}))
SEARCH = Plan(3, 2)


def done(*keys: Key) -> list[Try]:
    return [Try(number, key, State.DONE, setting={"a": 0}) for number, key in enumerate(keys)]


def test_a_grid_is_gone_through_once_before_it_is_repeated():
    assert GRID.keys() == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]


def test_a_search_repeats_a_setting_before_it_draws_the_next():
    assert SEARCH.keys() == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]


def test_a_repeat_has_the_values_that_were_drawn_first():
    assert SEARCH.next(done(Key(0, 0))) == (Key(0, 1), {"a": 0})


def test_a_repeat_waits_for_values_that_another_worker_is_drawing():
    drawing = [Try(0, Key(0, 0), State.RUNNING)]
    assert SEARCH.next(drawing) == (Key(1, 0), None)


def test_what_a_dead_worker_did_comes_again_with_the_same_values():
    died = [Try(0, Key(0, 0), State.FAILED, setting={"a": 0.3})]
    assert SEARCH.next(died) == (Key(0, 0), {"a": 0.3})


def test_a_setting_that_was_stopped_early_is_not_repeated():
    pruned = [Try(0, Key(0, 0), State.PRUNED, setting={"a": 1})]
    assert SEARCH.next(pruned) == (Key(1, 0), None)


def test_a_setting_that_cannot_be_is_not_tried_with_another_seed():
    failed = [Try(0, Key(0, 0), State.FAILED, Reason.IMPOSSIBLE, {"a": 1})]
    assert SEARCH.next(failed) == (Key(1, 0), None)


def test_a_run_that_failed_costs_its_seed_alone():
    failed = [Try(0, Key(0, 0), State.FAILED, Reason.ERROR, {"a": 1})]
    assert SEARCH.next(failed) == (Key(0, 1), {"a": 1})


@pytest.mark.parametrize("reason", [Reason.KILLED, Reason.MACHINE])
def test_a_run_that_the_system_kills_or_fails_is_taken_up_a_few_times(reason):
    failed = Try(0, Key(0, 0), State.FAILED, reason, {"a": 1})
    assert GRID.next([failed] * (TRIES_AT_MOST - 1)).key == Key(0, 0)
    assert GRID.next([failed] * TRIES_AT_MOST).key == Key(1, 0)


def test_a_worker_that_begins_forgives_what_the_machine_did_and_nothing_else():
    def next_after(reason: Reason) -> Key:
        failed = [Try(number, Key(0, 0), State.FAILED, reason, {"a": 1}) for number in range(TRIES_AT_MOST)]
        return replace(GRID, since=TRIES_AT_MOST).next(failed).key

    assert next_after(Reason.MACHINE) == Key(0, 0)
    assert [next_after(reason) for reason in (Reason.KILLED, Reason.ERROR, Reason.IMPOSSIBLE)] == [Key(1, 0)] * 3


def test_what_was_given_up_is_not_left_and_what_was_interrupted_is():
    assert GRID.left([]) == 6
    tries = [
        Try(0, Key(0, 0), State.PRUNED, setting={"a": 1}),
        Try(1, Key(1, 0), State.FAILED, Reason.IMPOSSIBLE, {"a": 2}),
        Try(2, Key(2, 0), State.FAILED, Reason.ERROR, {"a": 3}),
    ]
    assert GRID.left(tries) == 1
    assert GRID.left([*tries, Try(3, Key(2, 1), State.RUNNING)]) == 1
    assert GRID.left([*tries, Try(3, Key(2, 1), State.FAILED, Reason.INTERRUPTED)]) == 1
    assert GRID.left([*tries, Try(3, Key(2, 1), State.DONE)]) == 0


def test_of_two_that_entered_the_same_run_the_first_keeps_it():
    both = [Try(0, Key(0, 0), State.RUNNING), Try(1, Key(0, 0), State.RUNNING)]
    assert not GRID.is_taken(0, both)
    assert GRID.is_taken(1, both)


@given(data=st.data(), plan=st.sampled_from([GRID, SEARCH]))
def test_every_run_is_done_once_whichever_workers_die(data, plan):
    tries: list[Try] = []
    for _ in range(60):
        running = [one for one in tries if one.state is State.RUNNING]
        ends = data.draw(st.sampled_from(["begin", "done", "dies"])) if running else "begin"
        if ends == "begin" and (following := plan.next(tries)) is not None:
            tries.append(Try(len(tries), following.key, State.RUNNING, setting=following.setting or {"a": 0.5}))
        elif running:
            one = data.draw(st.sampled_from(running))
            state = State.FAILED if ends == "dies" else State.DONE
            tries[one.number] = replace(one, state=state)
    while True:  # and now nobody dies any more
        tries = [replace(one, state=State.DONE) if one.state is State.RUNNING else one for one in tries]
        if (following := plan.next(tries)) is None:
            break
        tries.append(Try(len(tries), following.key, State.RUNNING, setting=following.setting or {"a": 0.5}))
    assert Counter(one.key for one in tries if one.state is State.DONE) == Counter(plan.keys())
