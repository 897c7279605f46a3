"""What is in a folder or a zip before anything is trained on it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganzoo.contracts.dataset import ImageFiles
from ganzoo.data.checks import FEWEST
from ganzoo.data.contents import Files, Skipped, Unreadable
from ganzoo.data.decode import own_pixel_limit
from ganzoo.data.fill import Progress
from ganzoo.data.labels import Labels
from ganzoo.data.look import Look, look
from ganzoo.data.pool import in_order
from ganzoo.data.sources import open_source
from ganzoo.data.turns import FILES
from ganzoo.errors import UsageError

CHUNK = 4
"""Images a thread reads at a time: large ones wait for their turn anyway."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found.

    Attributes:
        path: the folder or the zip.
        images: what can be trained on, by name.
        left_out: what training would leave out, with the reasons.
        classes: images that can be trained on, by class; None where there are no labels, or none that can be used.
        unlabelled: images that the label table does not name.
        missing: files that it names and that are not among the images; one that is there and damaged is `left_out`.
        disputed: files to which it gives two labels.
        label_problem: why the label table cannot be used; "" where it can, or there is none.
        notes: what else there is to know, one line each.
    """

    path: Path
    images: dict[str, Look]
    left_out: tuple[Skipped, ...] = ()
    classes: dict[str, int] | None = None
    unlabelled: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    label_problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def bad(self) -> int:
        """Files left out, and rows of the label table that name no file."""
        return len(self.left_out) + len(self.missing)

    @property
    def share_bad(self) -> float:
        """Of all files and of the rows that name none, in [0, 1]."""
        everything = len(self.images) + self.bad
        return self.bad / everything if everything else 0.0

    def problems(self, fail_above: float) -> list[str]:
        """Why this is not fit to be trained on, one line each; nothing: it is.

        Args:
            fail_above: the share of bad files that is still right.
        """
        found = []
        if len(self.images) < FEWEST:
            found.append(f"{len(self.images)} readable images; at least {FEWEST} are needed")
        if self.share_bad > fail_above:
            found.append(f"{self.share_bad:.1%} of the files are bad, more than {fail_above:.1%}")
        if self.label_problem:
            found.append(self.label_problem)
        return found

    def as_dict(self, fail_above: float = 0.05) -> dict[str, Any]:
        """Counts, examples, sizes, colours, classes, as JSON holds them.

        Args:
            fail_above: the share of bad files that is still right.
        """
        from ganzoo.data.figures import figures

        return figures(self, fail_above)


def inspect(path: Path, max_pixels: int, progress: Progress | None = None) -> Inspection:
    """Read every image of a folder or a zip, as training would, and keep none.

    Args:
        path: the folder or the zip.
        max_pixels: as `data.max_pixels`.
        progress: told (files done, files in all).

    Raises:
        UsageError: neither a folder nor a zip, or it cannot be opened.
    """
    with open_source(ImageFiles(path), max_pixels) as source:
        assert isinstance(source, Files)  # what a path opens
        images, damaged = _read(source, max_pixels, progress)
        left_out = (*source.skipped, *damaged)
        notes = source.notes
        try:
            labels = source.labels()
        except UsageError as error:
            return Inspection(path, images, left_out, label_problem=f"{error.message} ({error.hint})", notes=notes)
        if labels is None:
            return Inspection(path, images, left_out, notes=notes)
        names = [one.name for one in source.skipped]
        left_out_already = {*names, *(name.partition("/")[2] for name in names)}  # a table may name them so, too
        return Inspection(
            path,
            images,
            left_out,
            classes=_classes(source.names, labels, images),
            unlabelled=tuple(n for n, label in zip(source.names, labels.indices, strict=True) if label < 0),
            missing=tuple(name for name in labels.missing if name not in left_out_already),
            disputed=labels.disputed,
            notes=notes,
        )


def _read(source: Files, max_pixels: int, progress: Progress | None) -> tuple[dict[str, Look], list[Skipped]]:
    def one(index: int) -> Look | str:
        try:
            with FILES.turn(source.size(index)):
                return look(source.names[index], source.content(index), max_pixels)
        except Unreadable as error:
            return error.message

    images: dict[str, Look] = {}
    damaged: list[Skipped] = []
    count = len(source.names)
    with closing(in_order(one, count, chunk=CHUNK, within=own_pixel_limit, processes=source.by_processes)) as outcomes:
        for index, outcome in enumerate(outcomes):
            name = source.names[index]
            if isinstance(outcome, str):
                damaged.append(Skipped(name, outcome))
            else:
                images[name] = outcome
            if progress is not None:
                progress(index + 1, count)
    return images, damaged


def _classes(names: Sequence[str], labels: Labels, images: dict[str, Look]) -> dict[str, int]:
    counts = dict.fromkeys(labels.classes, 0)
    for name, label in zip(names, labels.indices, strict=True):
        if label >= 0 and name in images:
            counts[labels.classes[label]] += 1
    return counts
