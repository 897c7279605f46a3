"""What the number of images does to a Frechet distance: the floor, the warning, the extrapolation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from ganzoo.contracts.metric import Sample, Score
from ganzoo_metrics import fd, fid
from ganzoo_metrics.frechet import (
    fit_gaussian,
    frechet_distance,
    frechet_distance_of_factors,
    nuclear_norm,
    triangular_root,
)
from ganzoo_metrics.frechet_floor import frechet_floor
from ganzoo_metrics.frechet_infinity import sample_sizes


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def featured(features: Tensor) -> Sample:
    return Sample(torch.zeros(len(features), 1, 4, 4, dtype=torch.uint8), features=features)


def scores(real: Tensor, fake: Tensor, *, extrapolate: bool = False) -> dict[str, Score]:
    metric = fd.build(fd.FrechetDistanceConfig(features="x", extrapolate=extrapolate))
    return dict(metric.score(metric.summarise(featured(real)), featured(fake)))


@pytest.mark.parametrize(
    ("count", "dim"), [(400, 20), (100, 20), (60, 100)], ids=["many", "few", "fewer than features"]
)
def test_the_floor_is_what_two_samples_of_one_distribution_score(count: int, dim: int) -> None:
    # Axes of very different spread, as features have them.
    axes = torch.logspace(0, -1.5, dim)
    measured, said = [], []
    for seed in range(40):
        real, other = normal(count, dim, seed=seed) * axes, normal(count, dim, seed=100 + seed) * axes
        score = scores(real, other)["fd-x"]
        assert score.floor is not None
        measured.append(score.value)
        said.append(score.floor)
    assert np.mean(said) == pytest.approx(np.mean(measured), rel=0.2)


def test_the_floor_of_many_reals_is_found_from_a_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    axes = torch.logspace(0, -1.5, 20)
    features = [normal(600, 20, seed=seed) * axes for seed in range(30)]
    from_all = np.mean([frechet_floor(each) for each in features])
    monkeypatch.setattr("ganzoo_metrics.frechet_floor.MOST", 200)
    assert np.mean([frechet_floor(each) for each in features]) == pytest.approx(from_all, rel=0.15)


@pytest.mark.parametrize("shape", [(300, 300), (300, 400), (400, 300)])
def test_the_sum_of_many_singular_values_is_as_exact_as_it_needs_to_be(shape: tuple[int, int]) -> None:
    spread = torch.logspace(0, -9, min(shape)).double()
    left = torch.linalg.qr(normal(shape[0], min(shape), seed=1).double())[0]
    right = torch.linalg.qr(normal(shape[1], min(shape), seed=2).double())[0]
    assert nuclear_norm(left * spread @ right.T) == pytest.approx(float(spread.sum()), rel=1e-6)


def test_the_floor_does_not_depend_on_the_order_of_the_images_on_disk() -> None:
    by_class = torch.cat([normal(100, 4, seed=1) + 3, normal(100, 4, seed=2) - 3])
    floor = frechet_floor(by_class)
    assert floor is not None
    assert floor < 0.05 * float(by_class.var(dim=0).sum())  # the halves are samples of both classes


@pytest.mark.parametrize("count", [2, 3, 7])
def test_too_few_images_for_a_floor_have_none(count: int) -> None:
    assert scores(normal(count, 3), normal(9, 3))["fd-x"].floor is None


def test_identical_images_have_a_floor_of_zero() -> None:
    assert frechet_floor(normal(1, 5).repeat(20, 1)) == pytest.approx(0, abs=1e-9)


def test_fewer_images_than_features_are_said_once_with_what_to_do() -> None:
    assert scores(normal(41, 40), normal(41, 40))["fd-x"].note == ""
    for real, fake in ((40, 300), (300, 40)):
        note = scores(normal(real, 40), normal(fake, 40))["fd-x"].note
        assert "40 images are too few for 40 features" in note
        assert "evaluation.images" in note


def test_the_extrapolated_distance_is_nearer_to_the_true_one() -> None:
    # The reals' own number is large here, so that the bias is that of the generated images.
    real = normal(20_000, 16, seed=1)
    true = 16 * 0.2**2
    plain, at_infinity = [], []
    for seed in range(6):
        found = scores(real, normal(300, 16, seed=10 + seed) * 1.2, extrapolate=True)
        plain.append(found["fd-x"].value)
        at_infinity.append(found["fd-x-infinity"].value)
    assert abs(np.mean(at_infinity) - true) < 0.35 * abs(np.mean(plain) - true)


def test_fid_is_extrapolated_under_its_own_name_and_only_on_request() -> None:
    sample = featured(normal(30, 4))
    for extrapolate, names in ((False, ["fid"]), (True, ["fid", "fid-infinity"])):
        metric = fid.SPEC.build(fid.SPEC.config(extrapolate=extrapolate))
        assert list(metric.score(metric.summarise(sample), sample)) == names


@pytest.mark.parametrize(("count", "dim"), [(4, 100), (50, 3), (2048, 1280), (50_000, 2048)])
def test_the_line_is_laid_through_sizes_up_to_all_images_and_above_the_features_if_there_are_enough(
    count: int, dim: int
) -> None:
    sizes = sample_sizes(count, dim)
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == count
    assert 2 <= sizes[0] < count
    assert sizes[0] > dim or count < 2 * dim


@pytest.mark.parametrize("count", [3, 30])
def test_a_gaussian_of_known_moments_is_fitted_with_its_factor(count: int) -> None:
    features = normal(count, 5, seed=3) @ normal(5, 5, seed=4) + 2
    fitted = fit_gaussian(features)
    torch.testing.assert_close(fitted.factor.T @ fitted.factor, features.double().T.cov())
    assert fitted.factor.shape == (min(count, 5), 5)


def test_constant_and_copied_features_make_no_difference_to_the_rest() -> None:
    real, fake = normal(200, 4, seed=1), normal(200, 4, seed=2) * 1.5
    plain = scores(real, fake)["fd-x"].value
    dead = [torch.cat([side, torch.zeros(200, 2), torch.full((200, 1), 3.0)], dim=1) for side in (real, fake)]
    assert scores(*dead)["fd-x"].value == pytest.approx(plain, rel=1e-6)
    copied = [torch.cat([side, side], dim=1) for side in (real, fake)]
    assert scores(*copied)["fd-x"].value == pytest.approx(2 * plain, rel=1e-6)


def test_a_root_of_a_singular_covariance_is_found() -> None:
    covariance = torch.diag(torch.tensor([4.0, 0.0, 1.0], dtype=torch.float64))
    root = triangular_root(covariance)
    torch.testing.assert_close(root.T @ root, covariance)


def test_known_gaussians_are_as_far_apart_as_the_closed_form_says() -> None:
    # Covariances of one eigenbasis: |m1 - m2|^2 + sum of (sqrt a - sqrt b)^2.
    basis = torch.linalg.qr(normal(64, 64).double())[0]
    first, second = torch.logspace(2, -6, 64).double(), torch.logspace(-5, 1, 64).double()
    mean1, mean2 = normal(64, seed=1).double(), normal(64, seed=2).double()
    closed = float((mean1 - mean2).square().sum() + (first.sqrt() - second.sqrt()).square().sum())
    found = frechet_distance(mean1, basis @ first.diag() @ basis.T, mean2, basis @ second.diag() @ basis.T)
    assert found == pytest.approx(closed, rel=1e-6)
    factors = [spread.sqrt().diag() @ basis.T for spread in (first, second)]
    assert frechet_distance_of_factors(mean1, factors[0], mean2, factors[1]) == pytest.approx(closed, rel=1e-9)


def test_the_floor_is_higher_for_fewer_generated_images_than_reals_and_lower_for_more() -> None:
    real = normal(400, 10, seed=1)
    floors = [scores(real, normal(count, 10, seed=2))["fd-x"].floor or 0 for count in (100, 400, 1600)]
    measured = [np.mean([scores(real, normal(n, 10, seed=s))["fd-x"].value for s in range(2, 22)]) for n in (100, 1600)]
    assert floors[0] > floors[1] > floors[2]
    assert floors[0] == pytest.approx(measured[0], rel=0.25)
    assert floors[2] == pytest.approx(measured[1], rel=0.25)
