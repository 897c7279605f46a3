"""Points ready to train on: as a data set of points gives them, with nothing decoded and nothing cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganzoo.contracts.dataset import Points
from ganzoo.data.contents import digest
from ganzoo.data.store import ImageStore
from ganzoo.errors import ContractError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection


def load_points(source: Points, section: DataSection, name: str) -> ImageStore:
    """The points of a data set, each as an image of one pixel.

    Args:
        source: what the data set's `build` answered.
        section: whether labels are asked for; all else in it is of images.
        name: the data set's, for messages.

    Raises:
        UsageError: labels are asked for, and there are none.
        ContractError: the data set gave no points.
    """
    points = np.ascontiguousarray(source.coordinates())
    _check(points, name)
    labels = None
    if section.labels:
        labels = source.labels()
        if labels is None:
            raise UsageError(f"data.labels: the points of `{name}` have no labels", hint="leave data.labels out")
        _check_labels(labels, len(points), len(source.classes), name)
    return ImageStore(
        images=points[:, None, None, :],
        labels=labels,
        classes=tuple(source.classes) if labels is not None else (),
        fingerprint=digest([source.fingerprint, "points", str(section.labels)]),
        name=name,
    )


def _check(points: NDArray[np.float32], name: str) -> None:
    if points.dtype != np.float32 or points.ndim != 2 or len(points) < 2 or points.shape[1] < 1:
        raise ContractError(f"the data set `{name}` gave {points.dtype} {points.shape}, not float32 [N, dim], N >= 2")
    if not np.isfinite(points).all():
        raise ContractError(f"the data set `{name}` gave points that are not finite")


def _check_labels(labels: NDArray[np.int64], count: int, classes: int, name: str) -> None:
    if labels.dtype != np.int64 or labels.shape != (count,) or labels.min() < 0 or labels.max() >= classes:
        raise ContractError(f"the data set `{name}` gave labels that are not int64 [{count}] below {classes}")
