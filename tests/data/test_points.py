"""Points on their way from a data set to a batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganzoo.config.models import Choice, DataSection
from ganzoo.contracts import Points
from ganzoo.contracts.parts import DatasetConfig
from ganzoo.data.batches import Batches
from ganzoo.data.points import load_points
from ganzoo.errors import ContractError, TrainingError, UsageError
from ganzoo.evaluation.quantise import as_shown


class Given(Points):
    name = "given"
    fingerprint = "given-v1"
    classes = ("left", "right")

    def __init__(self, points: np.ndarray, labels: np.ndarray | None = None) -> None:
        self._points, self._labels = points, labels

    def coordinates(self) -> np.ndarray:
        return self._points

    def labels(self) -> np.ndarray | None:
        return self._labels


THREE = np.array([[0.123456, -3.5], [1e-7, 2.0], [0.0, 0.0]], dtype=np.float32)


def section(**settings: object) -> DataSection:
    return DataSection(source=Choice(kind="given", settings=DatasetConfig()), **settings)


def test_points_reach_a_batch_to_the_last_bit() -> None:
    store = load_points(Given(THREE), section(), "given")
    batch = Batches(store, seed=0).take(0, 3)
    assert batch.images.shape == (3, 2, 1, 1)
    assert batch.images.dtype == torch.float32
    assert sorted(batch.images.flatten(start_dim=1).tolist()) == sorted(THREE.tolist())
    assert (store.shape.size, store.shape.channels, store.shape.num_classes) == (1, 2, None)
    assert store.shape.is_points
    assert store.report() == "3 points in 2-D"


def test_labels_travel_with_their_points_where_they_are_asked_for() -> None:
    store = load_points(Given(THREE, np.array([0, 1, 1])), section(labels=True), "given")
    batch = Batches(store, seed=0).take(0, 3)
    assert store.shape.num_classes == 2
    assert batch.labels is not None
    by_place = {tuple(place): label for place, label in zip(THREE.tolist(), [0, 1, 1], strict=True)}
    for place, label in zip(batch.images.flatten(start_dim=1).tolist(), batch.labels.tolist(), strict=True):
        assert by_place[tuple(place)] == label


def test_labels_that_do_not_exist_are_a_users_error() -> None:
    with pytest.raises(UsageError, match="have no labels"):
        load_points(Given(THREE), section(labels=True), "given")


@pytest.mark.parametrize(
    "points",
    [THREE.astype(np.float64), THREE[:1], THREE[0], np.array([[np.nan], [0.0]], dtype=np.float32)],
    ids=["float64", "one point", "no table", "NaN"],
)
def test_a_data_set_that_gives_no_points_breaks_its_contract(points: np.ndarray) -> None:
    with pytest.raises(ContractError, match="`given`"):
        load_points(Given(points), section(), "given")


@pytest.mark.parametrize("labels", [np.array([0, 1]), np.array([0, 1, 2]), np.array([0, 1, -1]), np.zeros(3)])
def test_labels_that_fit_no_point_break_the_contract(labels: np.ndarray) -> None:
    with pytest.raises(ContractError, match="labels"):
        load_points(Given(THREE, labels), section(labels=True), "given")


def test_points_are_shown_as_they_are_and_images_in_eight_bits() -> None:
    points = torch.from_numpy(THREE)[:, :, None, None]
    assert torch.equal(as_shown(points), points)
    assert as_shown(torch.zeros(1, 1, 2, 2)).dtype == torch.uint8


def test_points_at_infinity_end_the_run() -> None:
    with pytest.raises(TrainingError, match="not finite"):
        as_shown(torch.full((1, 2, 1, 1), float("inf")))
