"""Precision, recall, density and coverage, against their definitions taken pair by pair."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ganzoo.contracts.metric import Sample, Score
from ganzoo.plugin import MetricSpec, UsageError
from ganzoo_metrics import coverage, density, precision, recall

ALL = (precision.SPEC, recall.SPEC, density.SPEC, coverage.SPEC)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def featured(features: Tensor) -> Sample:
    return Sample(torch.zeros(len(features), 1, 4, 4, dtype=torch.uint8), features=features)


def score(spec: MetricSpec[Any], real: Tensor, fake: Tensor, **settings: int) -> Score:
    metric = spec.build(spec.config(**settings))
    (found,) = metric.score(metric.summarise(featured(real)), featured(fake)).values()
    assert isinstance(found, Score)
    return found


def by_definition(real: Tensor, fake: Tensor, k: int) -> list[float]:
    """Precision and recall, density and coverage, each with k neighbours."""

    def apart(x: Tensor, y: Tensor) -> Tensor:
        return torch.stack([(row - y).norm(dim=1) for row in x])

    real_balls = apart(real, real).sort(dim=1).values[:, k]  # the nearest of all is the row itself
    fake_balls = apart(fake, fake).sort(dim=1).values[:, k]
    fakes_in_reals = apart(fake, real) <= real_balls
    reals_in_fakes = apart(real, fake) <= fake_balls
    counted = [
        fakes_in_reals.any(dim=1),
        reals_in_fakes.any(dim=1),
        fakes_in_reals.sum(dim=1) / k,
        fakes_in_reals.any(dim=0),
    ]
    return [float(values.double().mean()) for values in counted]


@given(st.integers(8, 40), st.integers(8, 40), st.integers(1, 6), st.integers(0, 5), st.floats(0, 100))
@settings(max_examples=30)
def test_they_are_what_their_definitions_say(n: int, m: int, k: int, seed: int, far: float) -> None:
    real, fake = normal(n, 4, seed=seed).double() + far, normal(m, 4, seed=seed + 100).double() * 1.3 + far
    found = [score(spec, real, fake, k=k).value for spec in ALL]
    assert found == pytest.approx(by_definition(real, fake, k), abs=1e-12)


def test_they_do_not_depend_on_how_much_is_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    real, fake = normal(50, 4, seed=1), normal(40, 4, seed=2)
    whole = [score(spec, real, fake) for spec in ALL]
    monkeypatch.setattr("ganzoo_metrics.neighbours.BLOCK", 7)
    assert [score(spec, real, fake) for spec in ALL] == whole


def test_points_on_a_line_have_the_scores_one_counts_by_hand() -> None:
    real = torch.tensor([[0.0], [1.0], [2.0], [10.0]])  # with k = 1: balls of 1, 1, 1 and 8 around them
    fake = torch.tensor([[0.5], [1.5], [5.0], [30.0]])  # balls of 1, 1, 3.5 and 25
    found = [score(spec, real, fake, k=1).value for spec in ALL]
    # 0.5 lies in the balls of 0 and 1; 1.5 in those of 1 and 2; 5 in that of 10; 30 in none.
    # 0, 1 and 2 lie in balls of the fakes, and so does 10, in that of 30.
    assert found == [3 / 4, 1.0, (2 + 2 + 1 + 0) / 4, 1.0]


def test_a_set_against_itself_is_perfect_even_where_it_is_one_image_repeated() -> None:
    for images in (normal(40, 8), normal(1, 8).repeat(40, 1) + 7, torch.zeros(12, 3)):
        assert [score(spec, images, images).value for spec in (precision.SPEC, recall.SPEC, coverage.SPEC)] == [1, 1, 1]
        assert score(density.SPEC, images, images).value >= 1


def test_density_and_coverage_of_one_distribution_are_what_the_paper_expects() -> None:
    # Naeem et al. 2020, section 3.3: E[density] = 1 and E[coverage] = 1 - (1/2)^k for large samples.
    real, fake = normal(1500, 3, seed=1), normal(1500, 3, seed=2)
    found = score(density.SPEC, real, fake), score(coverage.SPEC, real, fake)
    assert found[0].value == pytest.approx(1, abs=0.1)
    assert found[1].value == pytest.approx(1 - 0.5**5, abs=0.02)


def test_a_missing_half_lowers_recall_and_coverage_and_leaves_precision() -> None:
    real = torch.cat([normal(100, 8, seed=1) + 5, normal(100, 8, seed=2) - 5])
    whole = torch.cat([normal(100, 8, seed=3) + 5, normal(100, 8, seed=4) - 5])
    half = normal(200, 8, seed=3) + 5
    for spec in (recall.SPEC, coverage.SPEC):
        assert score(spec, real, half).value < 0.6 * score(spec, real, whole).value
    assert score(precision.SPEC, real, half).value == pytest.approx(score(precision.SPEC, real, whole).value, abs=0.1)


def test_the_standard_error_is_the_spread_over_samples_of_the_generator() -> None:
    real = normal(200, 4, seed=1)
    scores = [score(precision.SPEC, real, normal(100, 4, seed=i) * 1.6) for i in range(2, 62)]
    spread = float(torch.tensor([found.value for found in scores]).std())
    said = float(torch.tensor([found.standard_error for found in scores]).mean())
    assert said == pytest.approx(spread, rel=0.35)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: str(spec.name))
def test_fewer_images_than_neighbours_are_a_users_error(spec: MetricSpec[Any]) -> None:
    metric = spec.build(spec.config(k=4))
    assert metric.min_images == 5
    with pytest.raises(UsageError, match="at least 5 generated images; there are 4"):
        score(spec, normal(9, 3), normal(4, 3), k=4)
    with pytest.raises(UsageError, match="at least 5 real images; there are 2"):
        score(spec, normal(2, 3), normal(9, 3), k=4)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: str(spec.name))
def test_parts_of_a_summary_are_merged_into_the_whole(spec: MetricSpec[Any]) -> None:
    metric = spec.build(spec.config())
    real, fake = normal(30, 4), featured(normal(20, 4, seed=1))
    merged = metric.merge([metric.summarise(featured(real[:12])), metric.summarise(featured(real[12:]))])
    assert metric.score(merged, fake) == metric.score(metric.summarise(featured(real)), fake)
