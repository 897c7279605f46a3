"""Decoded images on disk: raw bytes beside a manifest that tells whether they are whole."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from ganzoo.data.cache import written_whole
from ganzoo.data.mapping import mapped
from ganzoo.data.pool import in_order
from ganzoo.errors import GanzooError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE = 2**24


class Damaged(GanzooError):  # noqa: N818 - what the cache is, not an error of anyone's
    """What the cache holds is not what was put there. The message says in what way."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What lies beside the bytes.

    Attributes:
        shape: N, H, W, C.
        checksum: CRC-32 of all bytes.
        left_out: number of the file in the source -> why it is not among the images.
    """

    shape: tuple[int, int, int, int]
    checksum: int
    left_out: dict[int, str]


class Kept:
    """The two files of one key.

    Args:
        folder: where they are.
        key: hex digest of content and transform.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self._images = folder / f"{key}.images"
        self._manifest = folder / f"{key}.json"

    def manifest(self) -> Manifest | None:
        """What is there, or None.

        Raises:
            Damaged: the manifest is not whole, or the images' file has another size.
            OSError: the files cannot be read.
        """
        try:
            data = self._manifest.read_bytes()
            size = self._images.stat().st_size
        except FileNotFoundError:
            return None
        mark, _, text = data.partition(b"\n")
        if mark != sha256(text).hexdigest().encode("ascii"):
            raise Damaged("its manifest was changed")
        manifest = _manifest(text)
        if size != math.prod(manifest.shape):
            raise Damaged(f"{size:,} bytes where {math.prod(manifest.shape):,} should be")
        return manifest

    def mapped(self, manifest: Manifest) -> NDArray[np.uint8]:
        """The images, read from disk as they are used. Only their size was checked."""
        return mapped(self._images, manifest.shape)

    def loaded(self, manifest: Manifest) -> NDArray[np.uint8]:
        """The images in memory.

        Raises:
            Damaged: other bytes than were written.
        """
        images = np.empty(manifest.shape, dtype=np.uint8)
        pieces = _pieces(images)

        def read(index: int) -> memoryview:
            with self._images.open("rb") as file:
                file.seek(index * PIECE)
                file.readinto(pieces[index])
            return pieces[index]

        total = 0
        for piece in in_order(read, len(pieces), chunk=1):  # the next are read while the sum of this one is taken
            total = zlib.crc32(piece, total)
        if total != manifest.checksum:
            raise Damaged("its images were changed")
        return images

    def forget(self) -> None:
        """Remove both."""
        self._manifest.unlink(missing_ok=True)
        self._images.unlink(missing_ok=True)

    @contextmanager
    def writing(self) -> Iterator[IO[bytes]]:
        """The images' file, image after image; `seal` follows.

        Raises:
            OSError: it cannot be written.
        """
        with written_whole(self._images) as file:
            yield file

    def seal(self, manifest: Manifest) -> None:
        """Write the manifest: from now on the images count as there."""
        text = json.dumps(asdict(manifest)).encode("ascii")
        with written_whole(self._manifest) as file:
            file.write(sha256(text).hexdigest().encode("ascii") + b"\n" + text)


def _manifest(text: bytes) -> Manifest:
    """A sum that fits proves no author: a cache may have been given away with what is in it."""
    try:
        fields = json.loads(text)
        images, height, width, channels = (int(length) for length in fields["shape"])
        left_out = {int(index): str(reason) for index, reason in fields["left_out"].items()}
        checksum_of_all = int(fields["checksum"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Damaged("its manifest is not what ganzoo writes") from error
    if min(images, height, width, channels) < 1:
        raise Damaged("its manifest has a shape of nothing")
    return Manifest((images, height, width, channels), checksum_of_all, left_out)


def checksum(images: NDArray[np.uint8], before: int = 0) -> int:
    """CRC-32 of contiguous images, after `before` of those that precede them."""
    for piece in _pieces(images):
        before = zlib.crc32(piece, before)
    return before


def _pieces(images: NDArray[np.uint8]) -> list[memoryview]:
    flat = images.reshape(-1).data
    return [flat[start : start + PIECE] for start in range(0, len(flat), PIECE)]
