"""The images of my-dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganzoo.contracts import Dataset
from ganzoo_my_dataset.settings import MyDatasetConfig

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 64
VERSION = 1
"""Raised when the same settings give other images than before: what was cached of them is then made anew."""


def inside(shape: int, distance_x: NDArray[np.float64], distance_y: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far out a place is, 1 at the edge: of a disc (shape 0) or of a square (shape 1)."""
    if shape == 0:
        return np.hypot(distance_x, distance_y)
    return np.maximum(np.abs(distance_x), np.abs(distance_y))


class MyDataset(Dataset):
    """One disc or square on a plain ground; place, size and colours are drawn from the image's number."""

    name = "my-dataset"
    classes = ("disc", "square")

    def __init__(self, config: MyDatasetConfig) -> None:
        self.config = config
        self.fingerprint = f"my-dataset-{config.images}-v{VERSION}"

    def __len__(self) -> int:
        return self.config.images

    def label(self, index: int) -> int:
        """0 for a disc, 1 for a square."""
        return index % len(self.classes)

    def image(self, index: int) -> NDArray[np.uint8]:
        """[64, 64, 3] uint8, the same at each call."""
        random = np.random.RandomState(index)  # numpy promises that its stream never changes
        ground, figure = random.randint(0, 256, (2, 3))
        x, y, radius = random.uniform((24, 24, 8), (40, 40, 20))
        rows, columns = np.mgrid[0:SIZE, 0:SIZE]
        drawn = inside(self.label(index), (columns - x) / radius, (rows - y) / radius) <= 1
        return np.where(drawn[:, :, None], figure, ground).astype(np.uint8)
