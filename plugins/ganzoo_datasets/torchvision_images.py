"""One of torchvision's data sets as arrays and class indices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ganzoo.contracts.dataset import Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo_datasets.torchvision_sets import Known


class TorchvisionImages(Dataset):
    """What torchvision gives as (Pillow image, label).

    Args:
        name: in lower case, for the run directory.
        known: which class it is and where its labels are.
        images: the torchvision data set, without transforms.
    """

    def __init__(self, name: str, known: Known, images: Any) -> None:  # torchvision's classes share no useful type
        self._images = images
        self._labels = getattr(images, known.labels) if known.labels else None
        self.name = name
        # Its files are checksummed by torchvision: the class and the split say which images they are.
        self.fingerprint = f"torchvision {known.of} {sorted(known.arguments.items())} {len(images)}"
        self.classes = _classes(known.classes, images)

    def __len__(self) -> int:
        return len(self._images)

    def image(self, index: int) -> NDArray[np.uint8]:
        """[H, W] grey or [H, W, 3], in its own size."""
        picture = self._images[index][0]
        return np.asarray(picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB"))

    def label(self, index: int) -> int | None:
        """Index into `classes`; None where this image has no label."""
        if not self.classes:
            return None
        label = int(self._images[index][1] if self._labels is None else self._labels[index])
        return None if label < 0 else label


def _classes(where: str | int, images: Any) -> Sequence[str]:  # `Any`: as above
    if isinstance(where, int):
        return [str(number) for number in range(where)]
    names = getattr(images, where)
    if isinstance(names, Mapping):  # name -> index
        return sorted(names, key=names.__getitem__)
    return [name if isinstance(name, str) else ", ".join(name) for name in names]
