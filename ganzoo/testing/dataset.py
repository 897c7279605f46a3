"""Does a data set keep its contract?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from ganzoo.contracts import Dataset, ImageFiles, Points
from ganzoo.contracts.parts import DatasetConfig
from ganzoo.registry.specs import DatasetSpec
from ganzoo.testing.rules import Rules, check_described, check_documented

A = TypeVar("A", bound=DatasetConfig)

LOOKED_AT = 16
"""Images of a data set that are looked at: the first ones and the last."""


def check_dataset(spec: DatasetSpec[A], config: A | None = None) -> None:
    """Check what a data set gives: arrays, labels and points of the right kind, and the same at each call.

    Args:
        spec: the data set.
        config: its settings; by default their defaults.

    Raises:
        ContractError: a rule is broken.
        UsageError: the data set cannot be had here, as it says itself.
    """
    rules = Rules(spec)
    check_described(rules, spec)
    rules.require(
        spec.argument in ("", *spec.config.model_fields),
        "`argument` is one of its settings: the one that `--data name:VALUE` sets",
        spec.argument,
    )
    settings = config or spec.config()
    one, other = spec.build(settings), spec.build(settings)
    rules.require(
        isinstance(one, Points) is spec.points,
        "`points` in its spec is True if and only if `build` answers with `Points`",
        f"points = {spec.points}, and a {type(one).__name__}",
    )
    if isinstance(one, ImageFiles):
        rules.require(one.path.exists(), "the folder or zip it names is there", str(one.path))
        return
    check_documented(rules, one)
    rules.require(bool(one.name) and bool(one.fingerprint), "`name` and `fingerprint` are not empty")
    assert isinstance(other, Dataset | Points)  # built from the same settings
    rules.require(
        one.fingerprint == other.fingerprint,
        "`fingerprint` is the same for the same content: it keys the cache",
        f"{one.fingerprint!r} and {other.fingerprint!r}",
    )
    if isinstance(one, Points):
        assert isinstance(other, Points)  # as above
        _check_points(rules, one, other)
    else:
        assert isinstance(other, Dataset)  # as above
        _check_images(rules, one, other)


def _check_images(rules: Rules, one: Dataset, other: Dataset) -> None:
    rules.require(len(one) >= 2, "there are at least two images", str(len(one)))
    indices = sorted({*range(min(LOOKED_AT, len(one))), *range(max(0, len(one) - LOOKED_AT), len(one))})
    for index in indices:
        image = one.image(index)
        rules.require(
            isinstance(image, np.ndarray)
            and image.dtype == np.uint8
            and (image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (1, 3, 4)))
            and 0 not in image.shape,
            "an image is an array of uint8, [H, W] or [H, W, C] with C in 1, 3, 4",
            f"image {index}: {getattr(image, 'dtype', type(image).__name__)} {getattr(image, 'shape', '')}",
        )
        rules.require(
            np.array_equal(image, one.image(index)) and np.array_equal(image, other.image(index)),
            "an image is the same at each call and in each process: its pixels are cached, and runs are repeated",
            f"image {index}",
        )
        _check_label(rules, one.label(index), one.classes, index)


def _check_label(rules: Rules, label: int | None, classes: Sequence[str], index: int) -> None:
    known = label is None or (not isinstance(label, bool) and 0 <= label < len(classes))
    rules.require(known, "a label is an index into `classes`, or None", f"image {index}: {label!r} of {len(classes)}")


def _check_points(rules: Rules, one: Points, other: Points) -> None:
    points = one.coordinates()
    rules.require(
        points.dtype == np.float32 and points.ndim == 2 and len(points) >= 2 and points.shape[1] >= 1,
        "coordinates are float32 [N, dim], N at least 2",
        f"{points.dtype} {points.shape}",
    )
    rules.require(bool(np.isfinite(points).all()), "coordinates are finite")
    rules.require(np.array_equal(points, other.coordinates()), "the points are the same at each call")
    labels = one.labels()
    if labels is not None:
        rules.require(
            labels.dtype == np.int64 and labels.shape == (len(points),),
            "labels are int64 [N]",
            f"{labels.dtype} {labels.shape}",
        )
        rules.require(
            bool(labels.min() >= 0 and labels.max() < len(one.classes)),
            "labels are indices into `classes`",
            f"{labels.min()} to {labels.max()} of {len(one.classes)}",
        )
