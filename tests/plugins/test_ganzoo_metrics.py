"""Formulas of scores against closed forms and torch-fidelity."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from samples_to_score import featured, frechet, images, kernel_distance, kernel_score, normal
from torch import Tensor
from torch_fidelity.metric_fid import (
    KEY_METRIC_FID,
    fid_features_to_statistics,
    fid_statistics_to_metric,
)

from ganzoo.contracts.metric import Sample
from ganzoo.plugin import ContractError, MetricSpec, UsageError
from ganzoo_metrics import fd, fid, kd, kid, ssim
from ganzoo_metrics.frechet import (
    fit_gaussian,
    frechet_distance,
    frechet_distance_of_factors,
    merge_gaussians,
)
from ganzoo_metrics.kernel import KernelSums, polynomial_kernel, standard_error, sums_between, sums_within
from ganzoo_metrics.pairs import choose_pairs

# The plugin


def test_loading_the_plugin_does_not_import_torch() -> None:
    code = (
        "import sys, ganzoo_metrics; ganzoo_metrics.ganzoo_metrics(); ganzoo_metrics.ganzoo_features();"
        "sys.exit('torch' in sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)})
    assert loaded.returncode == 0


def test_only_inceptions_distances_are_called_fid_and_kid() -> None:
    for spec in (fid.SPEC, kid.SPEC):
        metric = spec.build(spec.config())
        assert metric.features == "inception-v3"
        sample = featured(normal(5, 3))
        assert list(metric.score(metric.summarise(sample), sample)) == [spec.name]
    metric = fd.build(fd.FrechetDistanceConfig(features="other"))
    sample = featured(normal(5, 3))
    assert list(metric.score(metric.summarise(sample), sample)) == ["fd-other"]


# Frechet distance


@given(st.lists(st.floats(0, 9), min_size=6, max_size=6), st.floats(-3, 3))
def test_the_frechet_distance_of_commuting_gaussians_is_the_closed_form(spreads: list[float], shift: float) -> None:
    first, second = torch.tensor(spreads, dtype=torch.float64).reshape(2, 3)
    basis = torch.linalg.qr(normal(3, 3).double())[0]
    mean = torch.zeros(3, dtype=torch.float64)
    found = frechet_distance(mean, basis @ first.diag() @ basis.T, mean + shift, basis @ second.diag() @ basis.T)
    closed = 3 * shift**2 + float((first.sqrt() - second.sqrt()).square().sum())
    assert found == pytest.approx(closed, abs=1e-6)


def test_the_frechet_distance_of_two_plane_gaussians_is_the_closed_form() -> None:
    # In two dimensions tr sqrt(M) = sqrt(tr M + 2 sqrt(det M)), for covariances that do not commute too.
    first = torch.tensor([[2.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
    second = torch.tensor([[1.0, -0.3], [-0.3, 3.0]], dtype=torch.float64)
    product = first @ second
    root = (product.trace() + 2 * torch.linalg.det(product).sqrt()).sqrt()
    zero = torch.zeros(2, dtype=torch.float64)
    closed = float(first.trace() + second.trace() - 2 * root)
    assert frechet_distance(zero, first, zero, second) == pytest.approx(closed, abs=1e-9)


@pytest.mark.parametrize("count", [200, 20], ids=["more images than features", "fewer"])
def test_the_frechet_distance_agrees_with_torch_fidelity(count: int) -> None:
    real, fake = normal(300, 32, seed=1), normal(count, 32, seed=2) * 1.5 + 0.2
    statistics = [fid_features_to_statistics(features.double()) for features in (real, fake)]
    expected = fid_statistics_to_metric(*statistics, verbose=False)[KEY_METRIC_FID]
    assert frechet(real, fake) == pytest.approx(expected, rel=1e-5)
    means_and_covariances = [torch.from_numpy(s[name]) for s in statistics for name in ("mu", "sigma")]
    assert frechet_distance(*means_and_covariances) == pytest.approx(expected, rel=1e-5)


@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 8))
@settings(deadline=None)
def test_the_frechet_distance_is_symmetric_and_not_negative(first: int, second: int, dim: int) -> None:
    one, two = normal(first, dim, seed=1), normal(second, dim, seed=2)
    assert frechet(one, two) >= 0
    assert frechet(one, two) == pytest.approx(frechet(two, one), abs=1e-9)
    assert frechet(one, one) == pytest.approx(0, abs=1e-9)


def test_summaries_of_parts_merge_into_the_summary_of_the_whole() -> None:
    features = normal(50, 8) + 3
    whole = fit_gaussian(features)
    merged = merge_gaussians([fit_gaussian(features[:4]), fit_gaussian(features[4:30]), fit_gaussian(features[30:])])
    assert float(merged.size) == 50
    torch.testing.assert_close(merged.mean, whole.mean)
    torch.testing.assert_close(merged.factor.T @ merged.factor, whole.factor.T @ whole.factor)
    other = fit_gaussian(normal(50, 8, seed=3))
    distances = [
        frechet_distance_of_factors(part.mean, part.factor, other.mean, other.factor) for part in (merged, whole)
    ]
    assert distances[0] == pytest.approx(distances[1], rel=1e-9)


# Kernel distance


def test_the_kernel_distance_is_its_definition_summed_pair_by_pair() -> None:
    x, y = normal(7, 4, seed=1).double(), normal(5, 4, seed=2).double()

    def kernel(a: Tensor, b: Tensor) -> float:
        return float((a @ b / 4 + 1) ** 3)

    within = [np.mean([kernel(a, b) for i, a in enumerate(z) for j, b in enumerate(z) if i != j]) for z in (x, y)]
    between = np.mean([kernel(a, b) for a in x for b in y])
    assert kernel_distance(x, y) == pytest.approx(sum(within) - 2 * between, rel=1e-9)


def test_the_sums_of_kernels_do_not_depend_on_how_much_is_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = normal(23, 4, seed=1).double(), normal(17, 4, seed=2).double()
    monkeypatch.setattr("ganzoo_metrics.kernel.BLOCK", 5)
    kernels = polynomial_kernel(x, x)
    torch.testing.assert_close(sums_within(x), kernels.sum(dim=1) - kernels.diagonal())
    of_x, of_y = sums_between(x, y)
    torch.testing.assert_close(of_x, polynomial_kernel(x, y).sum(dim=1))
    torch.testing.assert_close(of_y, polynomial_kernel(x, y).sum(dim=0))


def test_single_precision_moves_the_kernel_distance_far_less_than_its_standard_error() -> None:
    x, y = normal(600, 64, seed=1).abs(), normal(600, 64, seed=2).abs() * 1.001
    single, double = kernel_score(x, y), kernel_score(x.double(), y.double())
    assert single.standard_error is not None
    assert abs(single.value - double.value) < 1e-3 * single.standard_error


def test_the_standard_error_of_the_kernel_distance_is_the_jackknifes() -> None:
    x, y = normal(6, 3, seed=1).double(), normal(5, 3, seed=2).double() + 0.5
    spread = 0.0
    for side, rows in ((0, x), (1, y)):
        without = []
        for i in range(len(rows)):
            kept = torch.cat([rows[:i], rows[i + 1 :]])
            without.append(kernel_distance(*((kept, y) if side == 0 else (x, kept))))
        spread += (len(rows) - 1) * float(np.var(without))
    sums = KernelSums(sums_within(x), sums_within(y), *sums_between(x, y))
    assert standard_error(sums) == pytest.approx(spread**0.5, rel=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.3], ids=["one distribution", "two"])
def test_the_standard_error_of_the_kernel_distance_is_its_spread_over_samples(shift: float) -> None:
    scores = [kernel_score(normal(40, 8, seed=i), normal(50, 8, seed=1000 + i) + shift) for i in range(150)]
    spread = float(np.std([score.value for score in scores]))
    said = float(np.mean([score.standard_error for score in scores if score.standard_error is not None]))
    assert 0.8 * spread < said < 2 * spread  # of one distribution, the jackknife errs on the safe side


def test_the_kernel_distance_of_blocks_is_unbiased_and_costs_little_precision() -> None:
    pairs_of_sets = [(normal(300, 8, seed=i), normal(310, 8, seed=500 + i) + 0.3) for i in range(40)]
    whole = [kernel_score(real, fake).value for real, fake in pairs_of_sets]
    blocks = [kernel_score(real, fake, block=100) for real, fake in pairs_of_sets]
    error = float(np.std([score.value for score in blocks])) / len(blocks) ** 0.5
    assert abs(np.mean([score.value for score in blocks]) - np.mean(whole)) < 4 * error
    assert 0.6 * error < float(np.mean([score.standard_error for score in blocks])) / len(blocks) ** 0.5 < 1.8 * error


def test_blocks_are_samples_of_all_classes_though_the_data_lie_by_class() -> None:
    by_class = torch.cat([normal(150, 8, seed=1) + 2, normal(150, 8, seed=2) - 2])
    others = torch.cat([normal(150, 8, seed=3) + 2, normal(150, 8, seed=4) - 2])
    apart = kernel_score(by_class, by_class.neg() * 1.5, block=100).value
    assert abs(kernel_score(by_class, others, block=100).value) < 0.1 * abs(apart)


def test_the_kernel_distance_of_one_distribution_is_zero_on_average() -> None:
    distances = [kernel_distance(normal(20, 8, seed=i), normal(30, 8, seed=1000 + i)) for i in range(200)]
    error = float(np.std(distances) / len(distances) ** 0.5)
    assert abs(np.mean(distances)) < 4 * error
    assert min(distances) < 0 < max(distances)


@pytest.mark.parametrize("spec", [fd.SPEC, kd.SPEC], ids=lambda spec: str(spec.name))
def test_parts_of_a_summary_merge_into_the_whole(spec: MetricSpec[Any]) -> None:
    metric = spec.build(spec.config())
    features, fake = normal(10, 4), featured(normal(6, 4, seed=1))
    merged = metric.merge([metric.summarise(featured(features[:4])), metric.summarise(featured(features[4:]))])
    whole = metric.summarise(featured(features))
    name = f"{spec.name}-efficientnet-lite0"
    assert metric.score(merged, fake)[name].value == pytest.approx(metric.score(whole, fake)[name].value, rel=1e-9)


# Degenerate sets


@pytest.mark.parametrize("distance", [frechet, kernel_distance])
@pytest.mark.parametrize(
    "fake",
    [normal(2, 16), normal(1, 16).repeat(40, 1), torch.zeros(3, 16)],
    ids=["two", "one repeated", "zeros"],
)
def test_a_degenerate_sample_has_a_finite_score(distance: object, fake: Tensor) -> None:
    assert callable(distance)
    for real in (normal(40, 16, seed=5), normal(3, 16, seed=5), normal(1, 16, seed=5).repeat(9, 1)):
        assert np.isfinite(distance(real, fake))
        assert np.isfinite(distance(fake, real))


@pytest.mark.parametrize("distance", [frechet, kernel_distance])
def test_a_single_image_is_a_users_error(distance: object) -> None:
    assert callable(distance)
    with pytest.raises(UsageError, match="at least 2 generated images; there are 1"):
        distance(normal(4, 3), normal(1, 3))
    with pytest.raises(UsageError, match="at least 2 real images"):
        distance(normal(1, 3), normal(4, 3))


def test_a_sample_without_the_features_asked_for_is_a_callers_error() -> None:
    with pytest.raises(ContractError, match="without the features"):
        fd.build(fd.FrechetDistanceConfig()).summarise(Sample(images(3)))


# SSIM


def pairwise_ssim(sample: Tensor, pairs: int = 500) -> float:
    return ssim.build(ssim.SSIMConfig(pairs=pairs)).score({}, Sample(sample))["ssim"].value


@pytest.mark.parametrize("size", [4, 5, 8, 11, 15, 16, 64])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_ssim_of_one_image_repeated_is_one_at_any_size(size: int, channels: int) -> None:
    repeated = images(1, size, channels).expand(5, -1, -1, -1)
    assert pairwise_ssim(repeated) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("size", [16, 64])
def test_the_ssim_of_random_images_is_near_zero(size: int) -> None:
    assert abs(pairwise_ssim(images(20, size))) < 0.05


def test_the_ssim_of_black_images_is_one() -> None:
    assert pairwise_ssim(torch.zeros(3, 3, 16, 16, dtype=torch.uint8)) == 1


@given(st.integers(2, 40), st.integers(1, 300))
@settings(deadline=None)
def test_pairs_are_the_same_each_time_and_never_an_image_with_itself(count: int, pairs: int) -> None:
    first, second = choose_pairs(count, pairs)
    again = choose_pairs(count, pairs)
    assert torch.equal(first, again[0])
    assert torch.equal(second, again[1])
    assert len(first) == len(second) == min(pairs, count * (count - 1) // 2)
    assert bool((first != second).all())
    assert 0 <= int(min(first.min(), second.min())) <= int(max(first.max(), second.max())) < count


def test_all_pairs_are_compared_where_there_are_few() -> None:
    first, second = choose_pairs(4, 500)
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == {
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 2),
        (1, 3),
        (2, 3),
    }
