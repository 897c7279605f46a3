"""Single images as files."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
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

BATCHES_HELD = 4
"""Made, and not written yet."""


def write_images(batches: Iterable[Tensor | NDArray[np.uint8]], folder: Path, prefix: str) -> list[Path]:
    """Write each image as `<prefix>-00000.png` and so on; the same images give the same bytes.

    Files are encoded by other threads while the next batch is made; never more than a few batches are held.

    Args:
        batches: of uint8 images, tensors [N, C, H, W] or arrays [N, H, W, C], C in 1, 3, 4.
        folder: made if missing.
        prefix: what the names start with.

    Returns:
        The files, in the order of the images.

    Raises:
        UsageError: no images, or images of another shape or type.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    pending: deque[list[Future[None]]] = deque()
    with ThreadPoolExecutor(os.cpu_count()) as encoders:
        for batch in batches:
            encoding = []
            for image in channels_last(batch):
                paths.append(folder / f"{prefix}-{len(paths):05d}.png")
                encoding.append(encoders.submit(_write, paths[-1], image))
            pending.append(encoding)
            if len(pending) > BATCHES_HELD:
                _wait_for(pending.popleft())
        for encoding in pending:
            _wait_for(encoding)
    return paths


def _write(path: Path, image: NDArray[np.uint8]) -> None:
    write_atomic(path, png(image), flush=False)  # thousands of them: what a power cut takes is drawn again


def _wait_for(encoding: list[Future[None]]) -> None:
    for file in encoding:
        file.result()  # raises what writing it raised


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
