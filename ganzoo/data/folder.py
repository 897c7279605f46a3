"""Images in a folder and its sub-folders."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.data.cache import written_whole
from ganzoo.data.contents import Found, Source, Unreadable, digest, is_hidden, looks_like_an_image
from ganzoo.data.decode import decode
from ganzoo.data.labels import Labels, find_labels
from ganzoo.data.pool import in_order
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

SETTLED_AFTER_S = 2.0
"""A file changed more recently may change again at what its file system takes for the same time."""


class Folder(Source):
    """Reads a folder, hidden files left out, no link followed out of it.

    Args:
        path: the folder.
        largest: bytes; larger files are left out.

    Raises:
        UsageError: the folder itself cannot be listed.
    """

    def __init__(self, path: Path, largest: int) -> None:
        self._root = Path(os.path.realpath(path))
        found: Found[os.stat_result] = Found(largest)
        _list(self._root, found)
        self._stats = dict(sorted(found.images.items()))
        self._tables = dict(sorted(found.tables.items()))
        self.names = tuple(self._stats)
        self.skipped = tuple(found.skipped)
        self.notes = found.notes()

    def fingerprint(self, cache: Path) -> str:
        """Digest over every file's bytes, remembered by names, sizes and times."""
        files = {**self._stats, **self._tables}
        marks = (f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}" for stat in files.values())
        signature = digest([str(self._root), *files, *marks])
        remembered = cache / "index" / signature
        known = _remembered(remembered)
        if known:
            return known
        names = list(files)
        content = digest([*names, *in_order(lambda index: self._file_digest(names[index]), len(names))])
        newest = max((max(stat.st_mtime, stat.st_ctime) for stat in files.values()), default=0.0)
        if time.time() - newest > SETTLED_AFTER_S:
            _remember(remembered, content)
        return content

    def pixels(self, index: int, section: DataSection) -> NDArray[np.uint8]:
        """The decoded file."""
        return decode(self._bytes(self.names[index]), section)

    def labels(self) -> Labels | None:
        """From `labels.csv`, else from the first sub-folder."""
        return find_labels(self.names, self._tables, self._bytes)

    def _bytes(self, name: str) -> bytes:
        try:
            return (self._root / name).read_bytes()
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror}") from error

    def _file_digest(self, name: str) -> str:
        try:
            with (self._root / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return f"cannot be read: {error.errno}"  # part of the content: the image will be left out


def _list(root: Path, found: Found[os.stat_result]) -> None:
    """Offer every file below `root`. Folders wait in a list: a path may be deeper than Python's stack."""
    waiting = [("", root)]
    seen: set[str] = set()
    while waiting:
        prefix, folder = waiting.pop()
        seen.add(os.path.realpath(folder))
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if folder == root:
                raise UsageError(f"the folder `{root}` cannot be listed: {error.strerror}") from error
            found.skip(prefix, f"cannot be read: {error.strerror}")
            continue
        for entry in listed:
            if is_hidden(entry.name):
                continue
            name = prefix + entry.name
            try:
                is_folder = _offer(entry, name, root, found)
            except OSError as error:  # it vanished, or its folder may be listed but not entered
                found.skip(name, f"cannot be read: {error.strerror}")
                continue
            if is_folder and os.path.realpath(entry.path) not in seen:
                waiting.append((f"{name}/", Path(entry.path)))


def _offer(entry: os.DirEntry[str], name: str, root: Path, found: Found[os.stat_result]) -> bool:
    """Offer a file, or answer that this is a folder to go into."""
    if entry.is_dir() or entry.is_symlink():  # a folder too: Windows has links, junctions, that look like one
        target = Path(os.path.realpath(entry.path))
        if not target.is_relative_to(root):
            found.skip(name, "a link out of the data folder")
            return False
        if entry.is_symlink() and not target.exists():
            found.skip(name, "a link to nothing")
            return False
    if entry.is_dir():
        if entry.is_symlink():
            found.skip(name, "a link to a folder")
        return not entry.is_symlink()
    if entry.is_file():
        stat = entry.stat()
        found.offer(name, stat.st_size, stat)
    elif looks_like_an_image(name):
        found.skip(name, "not a regular file")
    return False


def _remembered(path: Path) -> str | None:
    try:
        text = path.read_text("ascii")
    except (
        OSError,
        UnicodeDecodeError,
    ):  # nothing remembered, or damaged: the files are read, which is always right
        return None
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else None


def _remember(path: Path, content: str) -> None:
    try:
        with written_whole(path) as file:
            file.write(content.encode("ascii"))
    except OSError:  # costs time at the next start; the store tells of a cache that cannot be written
        return
