"""Which axis decided the scores, of trials whose scores one axis decides."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping

import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.trial import TrialState, create_trial

from ganzoo.sweeping.importance import importance_of
from ganzoo.sweeping.storage import quiet_optuna

CHOICES: dict[str, CategoricalDistribution] = {
    "generator.width": CategoricalDistribution(("8", "16", "32", "64", "128")),
    "balance": CategoricalDistribution(("none", "r1")),
    "training.seed": CategoricalDistribution(("0", "1", "2")),
}
RANGES: dict[str, BaseDistribution] = {
    "rate": FloatDistribution(1e-4, 1e-1, log=True),
    "threshold": FloatDistribution(0.5, 1.0),
}


def study_of(direction: str = "minimize") -> optuna.Study:
    with quiet_optuna():
        return optuna.create_study(direction=direction)


def add(study: optuna.Study, axes: Mapping[str, BaseDistribution], score: float, **params: object) -> None:
    study.add_trial(create_trial(params=params, distributions=axes, value=score))


def all_choices(study: optuna.Study, decided_by: str, sign: int = 1) -> optuna.Study:
    """A grid, each point six times; the score is the place of one axis's value, and a little chance."""
    chance = random.Random(0)
    for point in list(itertools.product(*(axis.choices for axis in CHOICES.values()))) * 6:
        params = dict(zip(CHOICES, point, strict=True))
        place = CHOICES[decided_by].choices.index(params[decided_by])
        add(study, CHOICES, sign * (place + 0.1 * chance.random()), **params)
    return study


@pytest.mark.parametrize("axis", CHOICES)
@pytest.mark.parametrize(("direction", "sign"), [("minimize", 1), ("maximize", -1)])
def test_of_a_grid_the_axis_that_decides_the_score_has_most_of_the_importance(
    axis: str, direction: str, sign: int
) -> None:
    found = importance_of(all_choices(study_of(direction), axis, sign))
    assert found.keys() == CHOICES.keys()
    assert next(iter(found)) == axis, "the largest comes first"
    assert found[axis] > 0.6
    assert sum(found.values()) == pytest.approx(1)


def test_of_a_search_the_range_that_decides_the_score_has_most_of_the_importance() -> None:
    study = study_of()
    for place in range(40):
        rate = 1e-4 * 10 ** (3 * place / 39)
        add(study, RANGES, rate, rate=rate, threshold=0.5 + (place * 17 % 40) / 80)
    found = importance_of(study)
    assert list(found) == ["rate", "threshold"]
    assert found["rate"] > 0.8


def test_too_few_scores_or_equal_ones_say_nothing() -> None:
    few, equal = study_of(), study_of()
    for rate in (1e-3, 1e-2, 3e-2):
        add(few, RANGES, rate, rate=rate, threshold=0.7)
        few.add_trial(create_trial(state=TrialState.FAIL, params={}, distributions={}))
    for place in range(8):
        add(equal, RANGES, 3.0, rate=1e-3 * (place + 1), threshold=0.7)
    assert importance_of(few) == importance_of(equal) == {}
