"""How often a run evaluates, where its time goes, and that a clock that jumps changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.config.models import EvaluationSection
from ganzoo.training.budget import SMALLEST, EvaluationBudget
from ganzoo.training.spent import Activity, Spent


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def after(clock: Clock, seconds: float, images: int) -> Spent:
    """The time of a run that has trained on so many images for so long."""
    spent = Spent(clock)
    spent.images = images
    clock.now += seconds
    return spent


def simulate(
    section: EvaluationSection,
    total: int,
    per_image: float,
    cost: float,
    *,
    forked_at: int = 0,
    back: tuple[int, int] | None = None,
) -> tuple[Spent, list[int]]:
    """A run in which an image takes `per_image` seconds and a full evaluation `cost`; where it evaluated.

    Args:
        forked_at: images that it begins with.
        back: once, from so many images to so many.
    """
    clock = Clock()
    spent, budget, evaluated = Spent(clock), EvaluationBudget(section), []

    def evaluate(images: int) -> float:
        with spent.on(Activity.EVALUATING):
            clock.now += cost * images / section.images
        return cost * images / section.images

    budget.begin_at(forked_at)
    seen = forked_at
    while seen < total:
        seen += 64
        clock.now += 64 * per_image
        spent.images += 64
        if budget.is_due(seen) and not budget.begun:
            budget.begin(seen, total, cost, spent)
        if budget.is_due(seen):
            evaluated.append(seen)
            budget.plan(seen, total, evaluate(budget.images), spent)
        if back is not None and seen == back[0]:
            seen, back = back[1], None
            budget.went_back(seen, total, spent)
    for images in {budget.images, section.images}:
        evaluate(images)
    return spent, evaluated


def section(**settings: object) -> EvaluationSection:
    return EvaluationSection.model_validate({"every_kimg": 6.4, **settings})


@given(
    share=st.floats(0.02, 0.5),
    per_image=st.floats(1e-4, 1e-2),
    cost=st.floats(0.1, 60),
    batches=st.integers(10, 4000),
    forked=st.floats(0, 0.9),
    back=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_evaluations_stay_under_their_share_of_the_time(share, per_image, cost, batches, forked, back):
    total, forked_at = 64 * batches, 64 * int(forked * batches)
    if back is not None:
        gone = forked_at + 64 * int(max(back) * (batches - forked_at // 64))
        back = (gone, forked_at + 64 * int(min(back) * (gone - forked_at) / 64))
    spent, evaluated = simulate(section(budget=share), total, per_image, cost, forked_at=forked_at, back=back)
    # The one at the end cannot be helped, however short the run.
    others = spent.total - spent[Activity.EVALUATING]
    assert spent[Activity.EVALUATING] <= max(others * share / (1 - share), cost) * 1.001
    assert all(seen % 6400 == 0 for seen in evaluated)


def test_a_run_of_ten_minutes_evaluates_several_times_for_less_than_a_tenth_of_it():
    spent, evaluated = simulate(section(every_kimg=40), total=600_000, per_image=0.001, cost=14)
    assert spent.shares()["evaluating"] < 0.1
    assert len(evaluated) >= 3


def test_a_run_with_time_enough_evaluates_as_often_as_it_was_told():
    _, evaluated = simulate(section(), total=64_000, per_image=0.01, cost=1)
    assert evaluated == [6400 * index for index in range(1, 11)]


def test_a_fork_scores_while_it_trains_as_a_run_of_its_own_length_does():
    _, alone = simulate(section(every_kimg=40), total=600_000, per_image=0.001, cost=14)
    _, forked = simulate(section(every_kimg=40), total=1_400_000, per_image=0.001, cost=14, forked_at=800_000)
    assert alone
    assert forked == [800_000 + seen for seen in alone]


def test_what_is_trained_again_after_going_back_is_scored_with_the_time_that_is_left():
    settings = section(every_kimg=40, budget=0.02)
    _, straight = simulate(settings, total=1_280_000, per_image=0.001, cost=3)
    assert straight[:3] == [320_000, 480_000, 600_000]
    _, evaluated = simulate(settings, total=1_280_000, per_image=0.001, cost=3, back=(480_000, 200_000))
    assert evaluated[:3] == [320_000, 480_000, 320_000], "120 kimg after the last one, as in the straight run"


def test_a_run_that_goes_back_before_its_first_evaluation_plans_it_when_it_is_due():
    budget = EvaluationBudget(section(every_kimg=40))
    assert budget.went_back(10_000, 600_000, after(Clock(), 20.0, 20_000)) == ""
    assert (budget.next_at, budget.begun) == (40_000, False)


def test_without_a_budget_evaluations_come_as_told_whatever_they_take():
    spent, evaluated = simulate(section(budget=None), total=64_000, per_image=0.0001, cost=100)
    assert len(evaluated) == 10
    assert spent.shares()["evaluating"] > 0.9


def test_a_short_run_scores_fewer_images_while_training_and_all_at_the_end():
    clock = Clock()
    spent, budget = after(clock, 6.4, 6400), EvaluationBudget(section(images=2048))
    lines = budget.begin(6400, 64_000, 2.0, spent)
    assert SMALLEST <= budget.images < 2048
    assert f"while training it scores {budget.images:,} images instead of 2,048" in lines[0]
    assert budget.full == 2048


def test_where_none_fits_while_training_the_sizes_stay_and_the_end_is_scored():
    spent, evaluated = simulate(section(), total=64_000, per_image=0.001, cost=30)
    assert evaluated == []
    assert spent[Activity.EVALUATING] == 30


def test_the_line_says_what_was_chosen():
    clock = Clock()
    spent, budget = after(clock, 100, 40_000), EvaluationBudget(section(every_kimg=40))
    with spent.on(Activity.EVALUATING):
        clock.now += 14
    line = budget.plan(40_000, 1_000_000, 14.0, spent)
    assert line == "evaluation took 14.0 s; the next comes at 160 kimg, to stay under 10 % of the time"
    assert not budget.is_due(159_999)
    assert budget.is_due(160_000)


def test_what_was_decided_is_kept_by_a_resumed_run_and_a_new_spacing_begins_anew():
    clock = Clock()
    spent, budget = after(clock, 100, 40_000), EvaluationBudget(section(every_kimg=40))
    with spent.on(Activity.EVALUATING):
        clock.now += 14
    budget.plan(40_000, 1_000_000, 14.0, spent)
    same, other = EvaluationBudget(section(every_kimg=40)), EvaluationBudget(section(every_kimg=30))
    same.load_state_dict(budget.state_dict(), 50_000)
    other.load_state_dict(budget.state_dict(), 50_000)
    assert same.next_at == budget.next_at == 160_000
    assert other.next_at == 60_000


@pytest.mark.parametrize("asked", [{"budget": None}, {"images": 4096}])
def test_a_resumed_run_that_may_spend_more_or_scores_more_images_decides_anew(asked):
    clock = Clock()
    spent, budget = after(clock, 6.4, 6400), EvaluationBudget(section(images=2048))
    budget.begin(6400, 64_000, 2.0, spent)
    assert budget.images < 2048
    other = EvaluationBudget(section(**{"images": 2048, **asked}))
    other.load_state_dict(budget.state_dict(), 7000)
    assert (other.begun, other.images) == (False, other.full)


def test_time_is_counted_by_activity_and_goes_on_counting_after_a_pause():
    clock = Clock()
    spent = Spent(clock)
    clock.now = 6.0
    with spent.on(Activity.SAVING):
        clock.now = 8.0
    assert (spent[Activity.TRAINING], spent[Activity.SAVING]) == (6.0, 2.0)
    assert spent.sentence() == "8.0 s: training 75 %, evaluating 0 %, drawing 0 %, saving 25 %"
    later = Spent(clock)
    clock.now = 1000.0
    later.load_state_dict(spent.state_dict())
    before = later.total
    clock.now = 1001.0
    assert later.total == pytest.approx(before + 1)


def test_a_clock_that_goes_back_takes_no_time_away():
    clock = Clock()
    spent = Spent(clock)
    clock.now = 5.0
    assert spent.total == 5.0
    clock.now = -100.0
    assert spent.total == 5.0
    clock.now = -99.0
    assert spent.total == 6.0
