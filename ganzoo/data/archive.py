"""Images in a zip, read in place: nothing is ever extracted to disk."""

from __future__ import annotations

import stat
import threading
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, TYPE_CHECKING

from ganzoo.data.contents import LARGEST_TABLE, Files, Found, Unreadable, digest, is_hidden, looks_like_an_image
from ganzoo.data.decode import decode
from ganzoo.data.labels import Labels, find_labels
from ganzoo.data.reading import read_image, read_whole
from ganzoo.data.turns import FILES
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

ENCRYPTED = 0x1
"""Bit 0 of the general purpose flags (APPNOTE.TXT 6.3.10, section 4.4.4)."""

UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of the ways to compress, those that can be unpacked piece by piece: 4 kB of bzip2 may be gigabytes at once."""


class Archive(Files):
    """Reads a zip.

    Args:
        path: the zip.
        largest: bytes when unpacked; larger files are left out.

    Raises:
        UsageError: the zip is damaged or cannot be opened.
    """

    def __init__(self, path: Path, largest: int) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise UsageError(f"the zip `{path}` cannot be opened: {error}") from error
        found: Found[zipfile.ZipInfo] = Found(largest)
        _list(self._zip, found)
        self._members = dict(sorted(found.images.items()))
        self._tables = dict(sorted(found.tables.items()))
        self.names = tuple(self._members)
        self.skipped = tuple(found.skipped)
        self.notes = found.notes()
        self._lock = threading.Lock()
        self._largest = largest

    def fingerprint(self, cache: Path) -> str:
        """Digest over names, checksums and sizes, as the zip's directory gives them."""
        members = {**self._members, **self._tables}
        return digest(part for name, info in members.items() for part in (name, info.CRC, info.file_size))

    def pixels(self, index: int, section: DataSection) -> NDArray[np.uint8]:
        """The decoded member."""
        with FILES.turn(self.size(index)):
            return decode(self.content(index), section)

    def size(self, index: int) -> int:
        """When unpacked, as the zip says."""
        return self._members[self.names[index]].file_size

    def content(self, index: int) -> bytes:
        """The member, unpacked, if it begins like an image."""
        return self._read(self._members[self.names[index]], lambda file: read_image(file, self._largest))

    def labels(self) -> Labels | None:
        """From `labels.csv`, else from the first sub-folder."""
        return find_labels(self.names, self._tables, self._table)

    def close(self) -> None:
        """Close the zip."""
        self._zip.close()

    def _table(self, name: str) -> bytes:
        return self._read(self._tables[name], lambda file: read_whole(file, LARGEST_TABLE))

    def _read(self, info: zipfile.ZipInfo, how: Callable[[IO[bytes]], bytes]) -> bytes:
        try:
            with self._lock, self._zip.open(info) as file:  # ZipFile counts its readers without a lock
                return how(file)
        except NotImplementedError as error:
            raise Unreadable("compressed in a way that is not unpacked") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise Unreadable("damaged in the zip") from error


def _list(archive: zipfile.ZipFile, found: Found[zipfile.ZipInfo]) -> None:
    # Unpacking a zip would write a name that comes twice over itself: the last one counts.
    last: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        if info.is_dir() or any(is_hidden(part) for part in PurePosixPath(name).parts if part != ".."):
            continue
        if name in last and looks_like_an_image(name):
            found.skip(name, "a name that comes twice in the zip: the last one counts")
        last[name] = info
    for name, info in last.items():
        reason = _why_not(info, name)
        if reason and looks_like_an_image(name):
            found.skip(name, reason)
        elif not reason:
            found.offer(name, info.file_size, info)


def _why_not(info: zipfile.ZipInfo, name: str) -> str:
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in PurePosixPath(name).parts:
        return "a name that points out of the zip"
    if info.flag_bits & ENCRYPTED:
        return "encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link"
    if info.compress_type not in UNPACKED:
        return "compressed in a way that is not unpacked"
    return ""
