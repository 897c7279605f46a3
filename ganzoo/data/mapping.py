"""Images read from a file as they are used, in memory that stays small however large the file is."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESIDENT = 2**26
"""Bytes of images read from a file before its pages are given back. Around each image that is not in the process yet
the system brings in pages up to 64 KB, so that five times as much may be resident."""


def mapped(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The file's bytes as an array of that shape, read-only."""
    array = np.memmap(path, dtype=np.uint8, mode="r", shape=shape)
    _advise(array, "MADV_RANDOM")  # single images from anywhere: reading ahead would read in vain
    return np.asarray(array)


class Resident:
    """Keeps what is resident of a mapped array within bounds; an array in memory is left alone.

    Args:
        array: mapped or not.
    """

    def __init__(self, array: NDArray[np.uint8] | NDArray[np.float32]) -> None:
        self._array = array if _map_of(array) is not None else None
        self._read = 0

    def read(self, count: int) -> None:
        """So many bytes were copied out of it. What is given back stays in the system's cache, if it has room."""
        self._read += count
        if self._array is not None and self._read > RESIDENT:
            self._read = 0
            _advise(self._array, "MADV_DONTNEED")


def _advise(array: NDArray[np.uint8] | NDArray[np.float32], advice: str) -> None:
    """Tell the system, where it can be told."""
    file = _map_of(array)
    if file is not None and hasattr(mmap, advice):
        file.madvise(getattr(mmap, advice))


def _map_of(array: object) -> mmap.mmap | None:
    """The mapped file that an array looks into."""
    while isinstance(array, np.ndarray):
        array = array.base
    return array if isinstance(array, mmap.mmap) else None
