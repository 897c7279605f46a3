"""Photos, a finished run to compare with, and a disk that fails where it is told to."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
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

    def become_read_only(self, at: str) -> None:
        """From when a path with that word is next to be written, nothing is opened to write, made or renamed."""
        changing = {name: getattr(os, name) for name in ("open", "mkdir", "rename", "replace", "truncate")}
        is_read_only = False

        def refused_by(name: str) -> Callable[..., object]:
            def call(*given: object, **named: object) -> object:
                nonlocal is_read_only
                reads = name == "open" and not int(given[1]) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
                is_read_only |= not reads and at in str(given[0])
                if is_read_only and not reads:
                    raise OSError(errno.EROFS, os.strerror(errno.EROFS))
                return changing[name](*given, **named)

            return call

        for name in changing:
            self._patch.setattr(os, name, refused_by(name))

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
