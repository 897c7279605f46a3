"""Decodes a source on all cores, straight to where the images will stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import numpy as np

from ganzoo.data.contents import CHANGED, Source, Unreadable
from ganzoo.data.decode import own_pixel_limit
from ganzoo.data.kept import Manifest, checksum
from ganzoo.data.pool import in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

Progress = Callable[[int, int], None]
"""Told (files done, files in all)."""

AHEAD_BYTES = 2**20


@dataclass(slots=True)
class Filled:
    """What decoding came to.

    Attributes:
        count: images that were decoded.
        left_out: number of the file in the source -> why not.
        checksum: CRC-32 of the images' bytes.
    """

    count: int = 0
    left_out: dict[int, str] = field(default_factory=dict)
    checksum: int = 0

    @property
    def lasting(self) -> bool:
        """Whether reading again would come to the same: no file changed while it was read."""
        return not any(reason.startswith(CHANGED) for reason in self.left_out.values())


def into_memory(
    source: Source, wanted: Sequence[int], section: DataSection, progress: Progress | None = None
) -> tuple[NDArray[np.uint8], Filled]:
    """[N, size, size, channels] in memory, the files that cannot be read left out."""
    images = np.empty((len(wanted), section.image_size, section.image_size, section.channels), dtype=np.uint8)

    def put(index: int, image: NDArray[np.uint8]) -> None:
        images[index] = image

    filled = _each(source, wanted, section, put, progress)
    return images[: filled.count], filled


def into_file(
    source: Source,
    wanted: Sequence[int],
    section: DataSection,
    file: IO[bytes],
    progress: Progress | None = None,
) -> Filled:
    """The same bytes appended to a file, one image after the other."""
    return _each(source, wanted, section, lambda _, image: file.write(image.data), progress)


def manifest_of(filled: Filled, section: DataSection) -> Manifest:
    """What the cache writes beside the images."""
    shape = (filled.count, section.image_size, section.image_size, section.channels)
    return Manifest(shape=shape, checksum=filled.checksum, left_out=filled.left_out)


def _each(
    source: Source,
    wanted: Sequence[int],
    section: DataSection,
    put: Callable[[int, NDArray[np.uint8]], object],
    progress: Progress | None,
) -> Filled:
    def one(position: int) -> NDArray[np.uint8] | str:
        try:
            return source.pixels(wanted[position], section)
        except Unreadable as error:
            return error.message

    filled = Filled()
    image_bytes = section.image_size**2 * section.channels
    chunk = max(1, min(32, AHEAD_BYTES // image_bytes))
    with closing(
        in_order(one, len(wanted), chunk=chunk, within=own_pixel_limit, processes=source.by_processes)
    ) as outcomes:
        for position, outcome in enumerate(outcomes):
            if isinstance(outcome, str):
                filled.left_out[wanted[position]] = outcome
            else:
                put(filled.count, outcome)
                filled.checksum = checksum(outcome, filled.checksum)
                filled.count += 1
            if progress is not None:
                progress(position + 1, len(wanted))
    return filled
