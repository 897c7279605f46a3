"""Images of a `Dataset`: arrays that a library or a formula gives."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ganzoo.contracts.dataset import Dataset
from ganzoo.data.contents import Source, digest
from ganzoo.data.decode import fit
from ganzoo.data.labels import NO_LABEL, Labels
from ganzoo.errors import ContractError, GanzooError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection


class Arrays(Source):
    """Reads a data set, one image at a time: its author need not think of threads.

    Args:
        dataset: what a plugin built.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._lock = threading.Lock()
        self.names = tuple(str(index) for index in range(len(dataset)))

    def fingerprint(self, cache: Path) -> str:
        """The data set's own, with its length and classes."""
        return digest(["dataset", self._dataset.fingerprint, len(self.names), *self._dataset.classes])

    def pixels(self, index: int, section: DataSection) -> NDArray[np.uint8]:
        """The image in the size and channels asked for.

        Raises:
            ContractError: the data set failed, or gave no uint8 array of [H, W] or [H, W, C].
        """
        try:
            with self._lock:
                array = self._dataset.image(index)
        except GanzooError:
            raise
        except Exception as error:
            raise ContractError(
                f"data set {self._dataset.name}: image {index} failed: {type(error).__name__}: {error}"
            ) from error
        return fit(_image(array, f"data set {self._dataset.name}: image {index}"), section)

    def labels(self) -> Labels | None:
        """As the data set gives them; None where it names no classes.

        Raises:
            ContractError: a label that is no index into the classes.
        """
        classes = tuple(self._dataset.classes)
        if not classes:
            return None
        given = [self._dataset.label(index) for index in range(len(self.names))]
        indices = np.array([NO_LABEL if label is None else int(label) for label in given], dtype=np.int64)
        wrong = np.flatnonzero((indices < NO_LABEL) | (indices >= len(classes)))
        if wrong.size:
            raise ContractError(
                f"data set {self._dataset.name}: image {wrong[0]} has label {indices[wrong[0]]}, "
                f"but there are {len(classes)} classes"
            )
        return Labels(indices, classes)


def _image(array: NDArray[np.uint8], what: str) -> Image.Image:
    if not isinstance(array, np.ndarray) or array.dtype != np.uint8:
        raise ContractError(f"{what} must be an array of uint8, not {getattr(array, 'dtype', type(array).__name__)}")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or 0 in array.shape:
        raise ContractError(f"{what} must be [H, W] or [H, W, C] with C in 1, 3, 4, not {list(array.shape)}")
    return Image.fromarray(np.ascontiguousarray(array))
