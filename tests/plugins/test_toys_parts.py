"""The toys' data and scores, and the dense networks."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.contracts import ImageShape, Points
from ganzoo.contracts.metric import Sample
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import check_discriminator, check_generator
from ganzoo_mlp import MLPDiscriminatorConfig, MLPGeneratorConfig
from ganzoo_toys.distance import Distance, DistanceConfig, directions, wasserstein_on_lines
from ganzoo_toys.layouts import LAYOUTS, LayoutName
from ganzoo_toys.mixtures import Mixture
from ganzoo_toys.modes import Modes, ModesConfig

NAMES: list[LayoutName] = ["ring8", "grid25"]
POINTS = ImageShape(size=1, channels=2)


def sample(points: np.ndarray) -> Sample:
    return Sample(torch.from_numpy(np.asarray(points, dtype=np.float32))[:, :, None, None])


# Data


@pytest.mark.parametrize(("name", "modes"), [("ring8", 8), ("grid25", 25)])
def test_a_mixture_has_its_modes_where_the_layout_says(name: LayoutName, modes: int) -> None:
    mixture = Mixture(name, 20_000)
    points, labels = mixture.coordinates(), mixture.labels()
    assert len(mixture.classes) == modes
    for mode, centre in enumerate(LAYOUTS[name].centres):
        here = points[labels == mode]
        assert len(here) == pytest.approx(20_000 / modes, rel=0.15)
        assert here.mean(axis=0) == pytest.approx(centre, abs=5 * LAYOUTS[name].std / math.sqrt(len(here)))
        assert (here - centre).std() == pytest.approx(LAYOUTS[name].std, rel=0.1)


def test_the_grid_is_the_one_of_the_papers_at_a_quarter() -> None:
    scaled = {(4 * x, 4 * y) for x, y in LAYOUTS["grid25"].centres}
    assert scaled == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert 4 * LAYOUTS["grid25"].std == 0.05


def test_data_sets_of_points_say_so(installed: Catalogue) -> None:
    for name in ("ring8", "grid25", "dirac"):
        spec = installed.find(Kind.DATASET, name)
        assert spec.points
        assert isinstance(spec.build(spec.config()), Points)


# Scores


@pytest.mark.parametrize("name", NAMES)
def test_points_of_the_data_cover_all_modes_and_98_9_percent_are_of_high_quality(name: LayoutName) -> None:
    scores = Modes(ModesConfig(of=name)).score({}, sample(Mixture(name, 20_000).coordinates()))
    assert scores["modes-covered"] == len(LAYOUTS[name].centres)
    assert scores["high-quality"] == pytest.approx(1 - math.exp(-4.5), abs=0.003)


def test_a_collapsed_generator_covers_one_mode_in_high_quality() -> None:
    scores = Modes(ModesConfig(of="ring8")).score({}, sample(np.tile(LAYOUTS["ring8"].centres[3], (50, 1))))
    assert scores == {"modes-covered": 1.0, "high-quality": 1.0}


def test_points_between_the_modes_cover_none() -> None:
    assert Modes(ModesConfig(of="ring8")).score({}, sample(np.zeros((50, 2)))) == {
        "modes-covered": 0.0,
        "high-quality": 0.0,
    }


def test_a_mode_may_ask_for_more_than_one_point() -> None:
    centres = LAYOUTS["ring8"].centres
    made = sample(np.array([centres[0]] * 3 + [centres[1]]))
    assert Modes(ModesConfig(of="ring8", at_least=2)).score({}, made)["modes-covered"] == 1


def test_modes_of_the_plane_are_not_looked_for_on_a_line() -> None:
    with pytest.raises(UsageError, match="these points have 1 number"):
        Modes(ModesConfig(of="ring8")).score({}, sample(np.zeros((4, 1))))


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=20), st.floats(-3, 3))
def test_on_a_line_a_shift_is_as_far_as_it_goes(values: list[float], shift: float) -> None:
    points = np.array(values)[:, None]
    metric = Distance(DistanceConfig())
    score = metric.score(metric.summarise(sample(points)), sample(points + shift))
    assert score["distance"] == pytest.approx(abs(shift), abs=1e-5)


def test_in_the_plane_a_shift_is_seen_from_all_sides() -> None:
    """The mean of |cos| over all directions is 2 / pi."""
    points = np.random.RandomState(0).randn(100, 2)
    metric = Distance(DistanceConfig(directions=256))
    score = metric.score(metric.summarise(sample(points)), sample(points + np.array([3.0, 0.0])))
    assert score["distance"] == pytest.approx(3 * 2 / math.pi, rel=1e-3)


def test_samples_of_different_sizes_are_compared_by_their_quantiles() -> None:
    one = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    assert wasserstein_on_lines(one, one.repeat_interleave(5, dim=0)).item() == 0.0


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_directions_have_length_one(dim: int) -> None:
    assert directions(dim, 16).norm(dim=1).tolist() == pytest.approx([1.0] * (1 if dim == 1 else 16))


# Networks


def test_the_dense_networks_keep_their_contracts_on_images(installed: Catalogue) -> None:
    check_generator(installed.find(Kind.GENERATOR, "mlp"), MLPGeneratorConfig(width=16), sizes=(8, 16))
    check_discriminator(installed.find(Kind.DISCRIMINATOR, "mlp"), MLPDiscriminatorConfig(width=16), sizes=(8, 16))


def test_points_have_no_bounds(installed: Catalogue) -> None:
    torch.manual_seed(0)
    network = installed.find(Kind.GENERATOR, "mlp").build(MLPGeneratorConfig(width=16), POINTS)
    points = network(1000 * torch.randn(64, network.latent_dim))
    assert points.shape == (64, 2, 1, 1)
    assert points.abs().max() > 1


@pytest.mark.parametrize("shape", [POINTS, ImageShape(16, 1), ImageShape(1, 1, 3)])
def test_the_players_of_the_dirac_gan_refuse_what_is_no_point_on_a_line(
    installed: Catalogue, shape: ImageShape
) -> None:
    for kind in (Kind.GENERATOR, Kind.DISCRIMINATOR):
        spec = installed.find(kind, "dirac")
        with pytest.raises(UsageError, match="points in 1-D"):
            spec.build(spec.config(), shape)
