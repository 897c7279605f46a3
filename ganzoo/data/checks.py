"""What must be there before training can begin, and what is said where it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.data.contents import Skipped, Source
from ganzoo.data.labels import Labels
from ganzoo.data.shown import plain
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 2


def need_labels(source: Source, name: str) -> Labels:
    """The labels of a source.

    Raises:
        UsageError: it has none; the hint says how to give them.
    """
    labels = source.labels()
    if labels is None or not labels.classes:
        found = [] if labels is None else list(labels.notes)
        ways = (
            "put `labels.csv` (`file,label`) beside the images, or each class in a folder of its own",
            "or train without labels: data.labels = false",
        )
        raise UsageError(f"data.labels is true, but `{plain(name)}` has no labels", hint="\n".join((*found, *ways)))
    return labels


def label_notes(labels: Labels | None, there: NDArray[np.int64]) -> tuple[str, ...]:
    """What the user should know of the labels, once it is known which images are `there`."""
    if labels is None:
        return ()
    counts = np.bincount(labels.indices[there], minlength=len(labels.classes))
    notes = list(labels.notes)
    for number, words in ((0, "no image of {} is there"), (1, "only one image of {}: too few to learn a class from")):
        names = [plain(labels.classes[index]) for index in np.flatnonzero(counts == number)]
        if names:
            notes.append(words.format(", ".join(names[:5]) + (", ..." if len(names) > 5 else "")))
    return tuple(notes)


def need_images(images: NDArray[np.uint8], skipped: Sequence[Skipped], notes: Sequence[str], name: str) -> None:
    """Raise where there is nothing to train on.

    Raises:
        UsageError: fewer than two images; names the reasons why the others were left out.
    """
    if len(images) >= FEWEST:
        return
    why = f"{len(skipped):,} left out: {counted_reasons(skipped)}" if skipped else ""
    what = "only one readable image" if len(images) else "no readable image"
    raise UsageError(
        f"`{plain(name)}` holds {what}{f'; {why}' if why else ''}",
        hint="\n".join((*notes, "at least two are needed: PNG, JPEG, WebP, GIF, BMP or TIFF, in any sub-folder")),
    )


def counted_reasons(skipped: Sequence[Skipped]) -> str:
    """`2 truncated, 1 empty file`, the most frequent first."""
    counts = Counter(each.reason.partition(":")[0] for each in skipped)
    return ", ".join(f"{count:,} {reason}" for reason, count in counts.most_common())
