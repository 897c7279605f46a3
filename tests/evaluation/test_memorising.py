"""Copies of training images are recognised, and nothing else is; on real features of images, and on points."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ganzoo.config.models import EvaluationSection
from ganzoo.contracts.features import FeatureExtractor
from ganzoo.evaluation.memorising import EXPECTED, distinct, nearest_neighbours
from ganzoo.evaluation.scorers import default_backbone
from ganzoo.evaluation.smoothing import smoothed
from ganzoo.registry.catalogue import catalogue


def normal(count: int, seed: int, dim: int = 8) -> Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))


def share(generated: Tensor, real: Tensor) -> float:
    found = nearest_neighbours(generated, real)
    assert found is not None
    return found.share


def test_all_copies_are_memorised_and_flagged() -> None:
    real = normal(300, 0)
    found = nearest_neighbours(real[:60], real)
    assert found is not None
    assert found.share == 1.0
    assert found.flagged
    assert set(found.real.tolist()) == set(range(60))
    assert found.real.tolist() == found.generated.tolist()


def test_new_draws_are_memorised_as_often_as_chance_has_it_and_not_flagged() -> None:
    shares = [share(normal(400, 2 * seed), normal(1500, 2 * seed + 1)) for seed in range(4)]
    assert np.mean(shares) == pytest.approx(EXPECTED, abs=0.01)
    found = nearest_neighbours(normal(400, 10), normal(1500, 11))
    assert found is not None
    assert not found.flagged


def test_a_tenth_of_copies_is_flagged_and_its_share_is_measured() -> None:
    real = normal(1500, 1)
    found = nearest_neighbours(torch.cat([real[:40], normal(360, 2)]), real)
    assert found is not None
    assert found.share == pytest.approx(0.1, abs=0.02)
    assert found.flagged


def test_what_lies_far_from_all_data_is_no_copy() -> None:
    assert share(normal(100, 2) + 50, normal(300, 1)) == 0.0


@given(scale=st.floats(0.01, 100), shift=st.floats(-10, 10))
def test_the_share_depends_on_no_unit_of_the_features(scale: float, shift: float) -> None:
    real, generated = normal(80, 1).double(), torch.cat([normal(30, 2), normal(80, 1)[:10]]).double()
    assert share(generated * scale + shift, real * scale + shift) == share(generated, real)


def test_pairs_come_nearest_first() -> None:
    found = nearest_neighbours(normal(50, 1), normal(100, 2))
    assert found is not None
    assert (np.diff(found.distances) >= 0).all()
    exact = (normal(50, 1)[found.generated[0]] - normal(100, 2)[found.real[0]]).norm()
    assert found.distances[0] == pytest.approx(float(exact), rel=1e-5)


def test_few_images_need_a_larger_share_before_it_is_no_chance() -> None:
    limits = []
    for count in (4, 40, 4000):
        found = nearest_neighbours(normal(count, 1), normal(100, 2))
        assert found is not None
        limits.append(found.limit)
    assert limits[0] > limits[1] > limits[2] == 0.05


def test_too_few_training_images_say_nothing() -> None:
    assert nearest_neighbours(normal(10, 1), normal(19, 2)) is None


def test_an_image_that_a_set_holds_twice_counts_once() -> None:
    images = torch.arange(5, dtype=torch.uint8)[:, None, None, None].expand(5, 3, 4, 4).contiguous()
    seen: set[bytes] = set()
    assert distinct(torch.cat([images, images[2:]]), seen).tolist() == [0, 1, 2, 3, 4]
    assert distinct(torch.cat([images[1:2], images[:1] + 9]), seen).tolist() == [1], "known from the piece before"
    assert max(map(len, seen)) == 32, "no image is kept"


@pytest.mark.parametrize("size", [4, 16, 64, 100])
def test_smoothing_keeps_the_mean_and_removes_grain(size: int) -> None:
    grey = torch.full((2, 3, size, size), 120, dtype=torch.uint8)
    assert torch.equal(smoothed(grey), grey[..., : min(size, 64), : min(size, 64)])
    noise = torch.randint(0, 256, (2, 3, size, size), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    if size > 4:
        assert smoothed(noise).float().std() < noise.float().std() / 2


@pytest.mark.parametrize("size", [16, 100])
def test_images_are_smoothed_a_few_at_a_time_and_come_out_the_same(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    images = torch.randint(0, 256, (5, 3, size, size), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    whole = smoothed(images)
    monkeypatch.setattr("ganzoo.evaluation.smoothing.AT_ONCE", 2 * images[0].numel())
    assert torch.equal(smoothed(images), whole)


# On images


@pytest.fixture(scope="module")
def backbone() -> FeatureExtractor:
    torch.set_num_threads(1)
    built = default_backbone(EvaluationSection(), catalogue())
    assert built is not None
    return built


def pictures(count: int, seed: int) -> Tensor:
    """Smooth images [N, 3, 24, 24] uint8, no two alike."""
    coarse = torch.randn(count, 3, 6, 6, generator=torch.Generator().manual_seed(seed))
    smooth = torch.nn.functional.interpolate(coarse, (24, 24), mode="bicubic")
    return (128 + 50 * smooth).round().clamp(0, 255).byte()


def test_a_copy_of_the_training_set_is_flagged_under_grain_too_and_clean_data_is_not(
    backbone: FeatureExtractor,
) -> None:
    train = pictures(200, 0)
    grain = 8 * torch.randn(40, 3, 24, 24, generator=torch.Generator().manual_seed(1))
    grainy = (train[:40].float() + grain).round().clamp(0, 255).byte()
    features = backbone(smoothed(train))
    found = {
        name: nearest_neighbours(backbone(smoothed(images)), features)
        for name, images in {"copies": train[:40], "grainy copies": grainy, "new": pictures(40, 2)}.items()
    }
    assert {name: neighbours.flagged for name, neighbours in found.items() if neighbours is not None} == {
        "copies": True,
        "grainy copies": True,
        "new": False,
    }
