"""What a folder, a zip or a data set holds: images by number, and what was left out, with the reason."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from ganzoo.errors import GanzooError

if TYPE_CHECKING:
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection
    from ganzoo.data.labels import Labels

IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
ARCHIVE_ENDINGS = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"})
LABEL_TABLE = "labels.csv"
LARGEST_TABLE = 2**26
"""Bytes of a label table: room for a row on each of a million images."""
CHANGED = "changed while it was read"
"""The reason for leaving out a file that is not what was listed. Of passing truth: what was decoded is not kept."""

Handle = TypeVar("Handle")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not among the images.

    Attributes:
        name: relative to the folder or zip, as it is on disk: escape it where it is shown.
        reason: in the user's words, "truncated". What differs from file to file follows a colon.
    """

    name: str
    reason: str


class Unreadable(GanzooError):  # noqa: N818 - what the image is, not an error of anyone's
    """One image cannot be had. The message is the reason `Skipped` gives."""


class Source(ABC):
    """Images by number, in an order that depends on names alone.

    Attributes:
        names: one an image, with `/` between folders.
        skipped: left out before anything was read.
        notes: what the user should know besides.
        by_processes: many images are read faster by other processes, each with a copy of this.
    """

    by_processes: bool = False
    names: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()

    @abstractmethod
    def fingerprint(self, cache: Path) -> str:
        """Hex digest of names and content. `cache` may remember it, so that files need not be read again."""

    @abstractmethod
    def pixels(self, index: int, section: DataSection) -> NDArray[np.uint8]:
        """[size, size, channels] as `section` asks. Called from several threads.

        Raises:
            Unreadable: with the reason.
        """

    @abstractmethod
    def labels(self) -> Labels | None:
        """One label an image, or None where the source has none."""

    def close(self) -> None:
        """Let go of open files."""

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Files(Source):
    """A source of image files."""

    @abstractmethod
    def size(self, index: int) -> int:
        """Bytes of the file, as they are claimed."""

    @abstractmethod
    def content(self, index: int) -> bytes:
        """The file's bytes; where it does not begin like an image, they are not read.

        Raises:
            Unreadable: with the reason.
        """


@dataclass(slots=True)
class Found(Generic[Handle]):
    """Collects names while a folder or a zip is listed.

    Attributes:
        largest: bytes; a larger file is left out unread.
        images: name -> what reads it.
        tables: label tables, likewise.
        skipped: what looked like images and is left out.
        others: how many files of other endings there are.
    """

    largest: int
    images: dict[str, Handle] = field(default_factory=dict)
    tables: dict[str, Handle] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    def offer(self, name: str, size: int, handle: Handle) -> None:
        """One file of `size` bytes."""
        ending = ending_of(name)
        if name.rpartition("/")[2] == LABEL_TABLE:
            self.tables[name] = handle
        elif ending in ARCHIVE_ENDINGS:
            self.skip(name, "an archive, not opened")
        elif ending not in IMAGE_ENDINGS:
            self.others[ending or "no ending"] += 1
        elif size > self.largest:
            self.skip(name, f"too large: {size:,} bytes")
        else:
            self.images[name] = handle

    def skip(self, name: str, reason: str) -> None:
        """Leave `name` out."""
        self.skipped.append(Skipped(name, reason))

    def notes(self) -> tuple[str, ...]:
        """A line on the files of other kinds, or nothing."""
        if not self.others:
            return ()
        kinds = ", ".join(ending for ending, _ in self.others.most_common(5))
        count = self.others.total()
        what = "1 file of another kind was" if count == 1 else f"{count:,} files of other kinds were"
        return (f"{what} not read ({kinds})",)


def looks_like_an_image(name: str) -> bool:
    """Judged by the ending, which decides what is opened at all."""
    return ending_of(name) in IMAGE_ENDINGS


def ending_of(name: str) -> str:
    """In lower case with its point; empty where there is none. `PurePath` takes ten times as long, a million times."""
    stem, _, ending = name.rpartition("/")[2].rpartition(".")
    return f".{ending.lower()}" if stem and ending else ""


def is_hidden(part: str) -> bool:
    """One part of a path that file managers and archivers leave behind: `.DS_Store`, `__MACOSX`."""
    return part.startswith(".") or part == "__MACOSX"


def digest(parts: Iterable[str | int]) -> str:
    """Hex sha256 of a sequence, each part preceded by its length so that no two sequences read alike."""
    total = hashlib.sha256()
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")  # names on disk need not be valid unicode
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()
