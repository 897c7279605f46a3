"""Where images come from, or points."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ImageFiles:
    """A folder or a zip of images: the core finds, decodes, checks and caches them.

    Labels come from `labels.csv` (`file,label`) beside the images, else from the first sub-folder.

    Attributes:
        path: the folder or the zip.
    """

    path: Path


class Dataset(ABC):
    """Images that a library or a formula gives, one array each.

    Attributes:
        name: for the run directory and the report.
        fingerprint: changes when the content does; keys the cache.
        classes: names of the labels; empty where there are none.
    """

    name: str
    fingerprint: str
    classes: Sequence[str] = ()

    @abstractmethod
    def __len__(self) -> int:
        """Number of images."""

    @abstractmethod
    def image(self, index: int) -> NDArray[np.uint8]:
        """[H, W] or [H, W, C] with C in 1, 3, 4; any size."""

    def label(self, index: int) -> int | None:
        """Index into `classes`, or None."""
        return None


class Points(ABC):
    """Points in a space of a few dimensions, which a formula gives: what theory speaks of, where images are too much.

    A point of `dim` numbers travels as an image of one pixel with `dim` channels, [N, dim, 1, 1] float32. It is never
    rounded to eight bits, nor clipped.

    Attributes:
        name: for the run directory and the report.
        fingerprint: changes when the points do.
        classes: names of the labels; empty where there are none.
    """

    name: str
    fingerprint: str
    classes: Sequence[str] = ()

    @abstractmethod
    def coordinates(self) -> NDArray[np.float32]:
        """[N, dim] with N >= 2, finite, of the order of 1, in an order that does not matter."""

    def labels(self) -> NDArray[np.int64] | None:
        """[N] indices into `classes`, or None."""
        return None
