"""Photos, a finished run to compare with, and a disk that fails where it is told to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from a_tiny_run import train
from kill_loop import make_photos

from ganzoo.training.loop import Training


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty small pictures in a folder."""
    folder = tmp_path_factory.mktemp("faults") / "photos"
    make_photos(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def without_the_last_pictures() -> object:
    """The GIF and the curves at the end take longer than such a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Training, "draw_report", lambda self: None)
        yield patch


@pytest.fixture(scope="session")
def finished(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that nothing happened to."""
    return train(photos, tmp_path_factory.mktemp("runs") / "finished")


class Disk:
    """Fails as a disk does, at the lowest calls, for files whose path has a word in it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._paths: dict[int, str] = {}
        self._open, self._write = os.open, os.write
        patch.setattr(os, "open", self._remember)

    def fill_up_at(self, word: str) -> None:
        """Of what is written to such a file, half gets onto the disk."""

        def write(handle: int, content: bytes) -> int:
            if word not in self._paths.get(handle, ""):
                return self._write(handle, content)
            self._write(handle, bytes(content)[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        self._patch.setattr(os, "write", write)

    def become_read_only(self) -> None:
        """Nothing new can be opened for writing, made or renamed."""

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        def open_to_read(path: object, flags: int, *more: object, **others: object) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                refuse()
            return self._open(path, flags, *more, **others)

        self._patch.setattr(os, "open", open_to_read)
        for name in ("mkdir", "rename", "replace", "truncate"):
            self._patch.setattr(os, name, refuse)

    def works_again(self) -> None:
        """As before."""
        self._patch.undo()

    def _remember(self, path: object, *more: object, **others: object) -> int:
        handle = self._open(path, *more, **others)
        self._paths[handle] = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        return handle


@pytest.fixture
def disk() -> object:
    """A disk that works until it is told otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        yield Disk(patch)
