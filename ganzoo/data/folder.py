"""Images in a folder and its sub-folders."""

from __future__ import annotations

import gc
import hashlib
import os
import re
import stat as mode_of
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ganzoo.data.cache import written_whole
from ganzoo.data.contents import (
    CHANGED,
    LARGEST_TABLE,
    Files,
    Found,
    Unreadable,
    digest,
    is_hidden,
    looks_like_an_image,
)
from ganzoo.data.decode import decode
from ganzoo.data.labels import Labels, find_labels
from ganzoo.data.pool import in_order
from ganzoo.data.reading import read_image, read_whole
from ganzoo.data.turns import FILES
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

T = TypeVar("T")

SMALL = 2**18
"""Bytes, the mean of the files. Threads decode larger ones as fast as processes, and share one budget of memory."""
SETTLED_AFTER_S = 2.0
"""A file changed more recently may change again at what its file system takes for the same time."""

OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe that took a file's place does not make the reader wait."""


class Mark(NamedTuple):
    """What tells a file from another. A million of them are held, and copied to the processes that decode."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Mark:
        """Of a file as it is now."""
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev)


class Folder(Files):
    """Reads a folder, hidden files left out, no link followed out of it.

    Args:
        path: the folder.
        largest: bytes; larger files are left out.

    Raises:
        UsageError: the folder itself cannot be listed.
    """

    def __init__(self, path: Path, largest: int) -> None:
        self._root = Path(os.path.realpath(path))
        found: Found[Mark] = Found(largest)
        with _nothing_collected():
            _list(self._root, found)
        self._images = dict(sorted(found.images.items()))
        self._tables = dict(sorted(found.tables.items()))
        self._files = {**self._images, **self._tables}
        self.names = tuple(self._images)
        self.skipped = tuple(found.skipped)
        self.notes = found.notes()
        self.by_processes = sum(mark.size for mark in self._images.values()) <= SMALL * len(self._images)

    def fingerprint(self, cache: Path) -> str:
        """Digest over every file's bytes, remembered by names, sizes and times."""
        files = self._files
        # Without the device, whose number is of its mount.
        marks = "\n".join([" ".join(map(str, mark[:4])) for mark in files.values()])
        signature = digest([str(self._root), *files, marks])
        remembered = cache / "index" / signature
        known = _remembered(remembered)
        if known:
            return known
        names = list(files)
        content = digest([*names, *in_order(lambda index: self._file_digest(names[index]), len(names))])
        newest_ns = max((max(mark.modified_ns, mark.changed_ns) for mark in files.values()), default=0)
        if time.time() - newest_ns / 1e9 > SETTLED_AFTER_S:
            _remember(remembered, content)
        return content

    def pixels(self, index: int, section: DataSection) -> NDArray[np.uint8]:
        """The decoded file."""
        with FILES.turn(self.size(index)):
            return decode(self.content(index), section)

    def size(self, index: int) -> int:
        """As it was listed."""
        return self._images[self.names[index]].size

    def content(self, index: int) -> bytes:
        """The file, if it begins like an image and is still the one that was listed."""
        name = self.names[index]
        return self._read(name, lambda file: read_image(file, self._images[name].size))

    def labels(self) -> Labels | None:
        """From `labels.csv`, else from the first sub-folder."""
        return find_labels(self.names, self._tables, self._table)

    def _table(self, name: str) -> bytes:
        return self._read(name, lambda file: read_whole(file, LARGEST_TABLE))

    def _file_digest(self, name: str) -> str:
        try:
            return self._read(name, lambda file: hashlib.file_digest(file, "sha256").hexdigest())
        except Unreadable as error:
            return error.message  # part of the content: the image will be left out

    def _read(self, name: str, how: Callable[[BufferedReader], T]) -> T:
        try:
            with self._opened(name, self._files[name]) as file:
                return how(file)
        except PermissionError as error:
            raise Unreadable(f"cannot be read: {error.strerror}") from error
        except OSError as error:
            raise Unreadable(f"{CHANGED}: {error.strerror}") from error

    def _opened(self, name: str, listed: Mark) -> BufferedReader:
        """The file that was listed; by now another, a pipe, or a link out of the folder may have taken its place.

        Raises:
            Unreadable: one has.
            OSError: it is gone, or may not be read.
        """
        path = f"{self._root}/{name}"
        handle = os.open(path, OPENING)
        stat = os.fstat(handle)
        now = Mark.of(stat)
        same = (now.size, now.modified_ns) == (listed.size, listed.modified_ns)
        # The inode that was listed is the file that was, and quick to tell. Some file systems number anew, or not at
        # all: there the path tells that no link leads away.
        itself = (now.inode, now.device) == (listed.inode, listed.device)
        inside = itself or Path(os.path.realpath(path)).is_relative_to(self._root)
        if not (same and inside and mode_of.S_ISREG(stat.st_mode)):
            os.close(handle)
            raise Unreadable(CHANGED)
        return os.fdopen(handle, "rb")


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Of a hundred thousand files nothing is garbage, and Python would look at all of them over and over."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _list(root: Path, found: Found[Mark]) -> None:
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


def _offer(entry: os.DirEntry[str], name: str, root: Path, found: Found[Mark]) -> bool:
    """Offer a file, or answer that this is a folder to go into."""
    if not entry.is_file(follow_symlinks=False):  # nearly all are
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
        mark = Mark.of(entry.stat())
        found.offer(name, mark.size, mark)
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
