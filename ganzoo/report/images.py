"""Single images as files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ganzoo.errors import UsageError
from ganzoo.runs.atomic import write_atomic

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


def write_images(images: Tensor | NDArray[np.uint8], folder: Path, prefix: str) -> list[Path]:
    """Write each image as `<prefix>-00000.png` and so on; the same images give the same bytes.

    Args:
        images: uint8, a tensor [N, C, H, W] or an array [N, H, W, C], C in 1, 3, 4.
        folder: made if missing.
        prefix: what the names start with.

    Returns:
        The files, in the order of the images.

    Raises:
        UsageError: no images, or images of another shape or type.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index, image in enumerate(channels_last(images)):
        paths.append(folder / f"{prefix}-{index:05d}.png")
        write_atomic(paths[-1], png(image))
    return paths


def channels_last(images: Tensor | NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[N, H, W, C] of either form in which images come; anything else is a `UsageError`."""
    array = images if isinstance(images, np.ndarray) else images.detach().cpu().permute(0, 2, 3, 1).numpy()
    if array.dtype != np.uint8 or array.ndim != 4 or array.shape[-1] not in (1, 3, 4) or not array.size:
        raise UsageError(
            f"a picture cannot be made of {array.dtype} {list(array.shape)}",
            hint="it takes uint8 images, a tensor [N, C, H, W] or an array [N, H, W, C] with C in 1, 3, 4",
        )
    return array


def png(image: NDArray[np.uint8]) -> bytes:
    """The file of one image [H, W, C]."""
    file = BytesIO()
    Image.fromarray(image.squeeze(-1) if image.shape[-1] == 1 else image).save(file, format="PNG")
    return file.getvalue()
