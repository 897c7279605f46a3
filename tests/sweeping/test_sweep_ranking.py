"""The table a sweep ends in."""

from __future__ import annotations

import pytest

from ganzoo.sweeping.plan import Key, Plan, Reason, State, Try
from ganzoo.sweeping.ranking import rank, short_names
from ganzoo.sweeping.record import Done

PROTOCOL = {"scores": {"distance": {"metric": "distance", "features": None, "needs_reals": False}}}


def done(
    setting: int, repeat: int, value: float | None, state: State = State.DONE, message: str = "", **protocol: object
) -> Done:
    reason = Reason.ERROR if state is State.FAILED else None
    one = Try(10 * setting + repeat, Key(setting, repeat), state, reason, {"generator.width": setting})
    return Done(one, value, "distance", {**PROTOCOL, **protocol}, message)


def three_seeds(setting: int, *values: float) -> list[Done]:
    return [done(setting, repeat, value) for repeat, value in enumerate(values)]


def test_seeds_are_repeats_of_one_setting(toy):
    ranked = rank([*three_seeds(0, 1, 2, 3), *three_seeds(1, 7, 8, 9)], toy("generator.width=4,8", seeds=3), Plan(2, 3))
    assert [(row.number, row.mean, row.place) for row in ranked.rows] == [(0, 2.0, 1), (1, 8.0, 2)]
    assert ranked.rows[0].half == pytest.approx(2.484, abs=1e-3)
    assert (ranked.left, ranked.cautions) == (0, [])


def test_settings_that_their_intervals_do_not_tell_apart_share_a_place(toy):
    ranked = rank([*three_seeds(0, 1, 2, 3), *three_seeds(1, 2, 3, 4)], toy("generator.width=4,8", seeds=3), Plan(2, 3))
    assert [row.place for row in ranked.rows] == [1, 1]


def test_where_higher_is_better_the_highest_comes_first(toy):
    definition = toy("generator.width=4,8", maximise="modes-covered")
    assert [row.number for row in rank([done(0, 0, 1.0), done(1, 0, 2.0)], definition, Plan(2, 1)).rows] == [1, 0]


def test_what_was_stopped_early_comes_below_what_was_not_however_good_its_other_seeds(toy):
    tries = [*three_seeds(0, 5, 5, 5), done(1, 0, 1.0), done(1, 1, None, State.PRUNED)]
    ranked = rank(tries, toy("generator.width=4,8", seeds=3), Plan(2, 3))
    assert [(row.number, row.place) for row in ranked.rows] == [(0, 1), (1, None)]
    assert "stopped early" in ranked.rows[1].note


def test_what_failed_comes_last_with_its_reason(toy):
    tries = [done(0, 0, None, State.FAILED, "diverged"), done(1, 0, 4.0)]
    ranked = rank(tries, toy("generator.width=4,8"), Plan(2, 1))
    assert [row.number for row in ranked.rows] == [1, 0]
    assert ranked.rows[1].note == "diverged"


def test_a_failed_try_is_forgotten_where_the_run_was_done_after_all(toy):
    tries = [done(0, 0, None, State.FAILED, "killed"), done(0, 0, 2.0)]
    assert rank(tries, toy("generator.width=4,8"), Plan(2, 1)).rows[0].note == ""


def test_scores_of_different_protocols_are_not_ranked(toy):
    tries = [done(0, 0, 1.0, quantisation="none"), done(1, 0, 2.0, quantisation="8 bit")]
    ranked = rank(tries, toy("generator.width=4,8"), Plan(2, 1))
    assert [row.place for row in ranked.rows] == [None, None]
    assert "not comparable: quantisation: none against 8 bit" in ranked.cautions


def test_one_seed_is_cautioned_against(toy):
    ranked = rank([done(0, 0, 1.0)], toy("generator.width=4,8"), Plan(2, 1))
    assert "one seed" in ranked.cautions[0]
    assert ranked.left == 1


def test_repeats_that_will_never_be_begun_are_not_left(toy):
    tries = [*three_seeds(0, 1, 2, 3), done(1, 0, None, State.PRUNED)]
    assert rank(tries, toy("generator.width=4,8", seeds=3), Plan(2, 3)).left == 0


def test_names_are_as_long_as_it_takes_to_tell_them_apart():
    assert short_names(["generator.width", "balance.d-skip.threshold"]) == ["width", "threshold"]
    assert short_names(["generator.width", "discriminator.width"]) == ["generator.width", "discriminator.width"]
