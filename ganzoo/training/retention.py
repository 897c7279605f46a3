"""Which checkpoints are kept."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from ganzoo.training.manifest import images_of


def kept(saved: Mapping[str, int], newest: str, best: str | None, last: int, every_kimg: float | None) -> set[str]:
    """The newest, the `last` ones up to it, the best, and the first one after each `every_kimg` thousand images.

    Steps after the newest are of a future that was given up.

    Args:
        saved: images seen, by the checkpoint's name; names sort by step.
        newest: has just been written and verified.
        best: the one with the best score, if any.
        last: 1 or more.
        every_kimg: None: none are kept for their age.
    """
    past = sorted(name for name in saved if name <= newest)
    names = {newest, *past[-last:]}
    if best is not None:
        names.add(best)
    if every_kimg is not None:
        first: dict[int, str] = {}
        for name in past:
            first.setdefault(int(saved[name] / 1000 // every_kimg), name)
        names.update(name for period, name in first.items() if period > 0)
    return names


def drop_old(
    folder: Path, newest: str, best: str | None, last: int, every_kimg: float | None, keep: Collection[str] = ()
) -> None:
    """Remove the checkpoints that are not kept, nor named in `keep`. A damaged one is not counted among the last."""
    found = {path.name: images_of(path) for path in folder.glob("step-*")}
    saved = {name: images for name, images in found.items() if images is not None}
    for name in found.keys() - kept(saved, newest, best, last, every_kimg) - set(keep):
        going = folder / f".drop-{name}"  # under its own name it is whole or not there, even here
        shutil.rmtree(going, ignore_errors=True)
        (folder / name).rename(going)
        shutil.rmtree(going)
