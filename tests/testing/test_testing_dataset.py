"""Each rule of data sets has one that breaks it, and the check says so."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from settings_under_test import PlainDatasetConfig

from ganzoo.contracts import Dataset, ImageFiles, Points
from ganzoo.errors import ContractError
from ganzoo.plugin import DatasetSpec
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import check_dataset


class Greys(Dataset):
    """Images of one grey each."""

    name = "greys"
    fingerprint = "greys-v1"
    classes = ("dark", "light")

    def __len__(self):
        return 40

    def image(self, index):
        return np.full((4, 4), index, dtype=np.uint8)

    def label(self, index):
        return int(index >= 20)


class Line(Points):
    """Points on a line."""

    name = "line"
    fingerprint = "line-v1"
    classes = ("one",)

    def coordinates(self):
        return np.linspace(-1, 1, 8, dtype=np.float32)[:, None]

    def labels(self):
        return np.zeros(8, dtype=np.int64)


def check(made: object, **changes: object) -> None:
    build = (lambda _: made()) if isinstance(made, type) else (lambda _: made)
    spec = {"name": "made", "summary": "A test.", "config": PlainDatasetConfig, "build": build}
    check_dataset(DatasetSpec(**{**spec, **changes}))


def test_plain_ones_keep_the_contract_and_are_read(tmp_path):
    read = []

    class ReadGreys(Greys):
        def image(self, index):
            read.append(index)
            return super().image(index)

    class ReadLine(Line):
        def coordinates(self):
            read.append("coordinates")
            return super().coordinates()

    check(ReadGreys)
    check(ReadLine, points=True)
    check(ImageFiles(tmp_path))
    assert {0, "coordinates"} <= set(read)


@pytest.mark.parametrize("name", ["avatars", "ring8", "grid25", "dirac"])
def test_ganzoos_own_keep_the_contract(name):
    check_dataset(catalogue().find(Kind.DATASET, name))


def test_files_that_are_not_there_are_named(tmp_path):
    with pytest.raises(ContractError, match=r"the folder or zip it names is there(.|\n)*gone"):
        check(ImageFiles(tmp_path / "gone"))


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4)), np.zeros((4, 4, 2), dtype=np.uint8), np.zeros((0, 4), dtype=np.uint8), [[0]]],
    ids=["float", "two channels", "empty", "a list"],
)
def test_an_image_that_is_no_array_of_uint8_is_named(image):
    class Odd(Greys):
        def image(self, index):
            return image

    with pytest.raises(ContractError, match="an image is an array of uint8"):
        check(Odd)


def test_an_image_that_changes_is_named():
    count = itertools.count()

    class Changing(Greys):
        def image(self, index):
            return np.full((4, 4), next(count) % 256, dtype=np.uint8)

    with pytest.raises(ContractError, match="the same at each call"):
        check(Changing)


@pytest.mark.parametrize("label", [2, -1, True])
def test_a_label_that_is_no_class_is_named(label):
    class Odd(Greys):
        def label(self, index):
            return label

    with pytest.raises(ContractError, match="a label is an index into `classes`"):
        check(Odd)


def test_a_fingerprint_of_its_own_each_time_is_named():
    class Fresh(Greys):
        def __init__(self):
            self.fingerprint = str(id(self))

    with pytest.raises(ContractError, match="it keys the cache"):
        check(Fresh)


def test_points_that_are_not_declared_and_points_that_are_none_are_named():
    for made, points in ((Line, False), (Greys, True)):
        with pytest.raises(ContractError, match="`points` in its spec"):
            check(made, points=points)


def test_points_of_the_wrong_type_and_that_are_not_finite_are_named():
    class Doubles(Line):
        def coordinates(self):
            return np.zeros((8, 1))

    class Infinite(Line):
        def coordinates(self):
            return np.full((8, 1), np.inf, dtype=np.float32)

    with pytest.raises(ContractError, match="coordinates are float32"):
        check(Doubles, points=True)
    with pytest.raises(ContractError, match="coordinates are finite"):
        check(Infinite, points=True)


def test_an_argument_that_is_no_setting_is_named():
    with pytest.raises(ContractError, match="`argument` is one of its settings"):
        check(Greys, argument="nothing")
