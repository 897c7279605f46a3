"""A folder that came from someone else may hold links and pipes: nothing is read or written through them."""

from __future__ import annotations

import os
from pathlib import Path

from ganzoo.errors import UsageError


def check_contained(folder: Path, kind: str = "run") -> None:
    """Every file of the run, or sweep, lies in it, and is a file.

    Args:
        folder: all of it; may be a link itself.
        kind: what it is to be called.

    Raises:
        UsageError: a link leads out of it, where writing would write there; or a pipe or a device is in it.
    """
    home = Path(os.path.realpath(folder))
    waiting = [home]
    while waiting:
        try:
            entries = os.scandir(waiting.pop())
        except FileNotFoundError:  # of a run that goes on: what a checkpoint is written in has got its name
            continue
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_symlink():
                    if not Path(os.path.realpath(entry.path)).is_relative_to(home):
                        raise UsageError(
                            f"{entry.path} is a link that leads out of the {kind}: ganzoo would read and write there",
                            hint="put what it links to in its place",
                        )
                elif not entry.is_file(follow_symlinks=False):
                    raise UsageError(f"{entry.path} is a pipe or a device: not what ganzoo writes")
