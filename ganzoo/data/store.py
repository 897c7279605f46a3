"""A data set ready to train on: decoded once, cached, in memory or mapped from disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.contracts.batch import ImageShape
from ganzoo.contracts.dataset import Dataset, ImageFiles
from ganzoo.data.cache import cache_root
from ganzoo.data.checks import counted_reasons, label_notes, need_images, need_labels
from ganzoo.data.contents import Skipped, digest
from ganzoo.data.fill import Progress
from ganzoo.data.kept import Kept
from ganzoo.data.labels import NO_LABEL
from ganzoo.data.obtain import obtain
from ganzoo.data.shown import plain
from ganzoo.data.sources import open_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

DECODER_VERSION = 1
"""Raised when the same file gives other pixels than before: caches and fingerprints then differ."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageStore:
    """Images of one shape, or points.

    Attributes:
        images: [N, H, W, C] uint8, in memory, or mapped from the cache and read-only; points: [N, 1, 1, dim] float32.
        labels: [N] int64 into `classes`; None unless the section asks for labels.
        classes: names of the labels; empty where `labels` is None.
        fingerprint: hex digest of content and transform: the same images, the same fingerprint.
        name: the data set's, for people.
        skipped: what was left out, with reasons.
        cached: the images came from the cache, nothing was decoded.
        notes: lines the user should read: a fallback taken, labels that do not fit. Without control
            characters, not escaped for any markup.
    """

    images: NDArray[np.uint8] | NDArray[np.float32]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    fingerprint: str
    name: str
    skipped: tuple[Skipped, ...] = ()
    cached: bool = False
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> ImageShape:
        """What the networks must make and judge."""
        _, size, _, channels = self.images.shape
        return ImageShape(size, channels, None if self.labels is None else len(self.classes))

    @property
    def points(self) -> NDArray[np.float32]:
        """[N, dim], of a store of points."""
        return self.images.reshape(len(self), -1).astype(np.float32, copy=False)

    def report(self) -> str:
        """`4,093 images; 2 left out: 1 truncated, 1 empty file (a.png, b.png)`, on one line."""
        text = f"{len(self):,} {self.shape.words if self.shape.is_points else 'images'}"
        if self.labels is not None:
            text += f" in {len(self.classes):,} classes"
        if not self.skipped:
            return text
        names = ", ".join(plain(skipped.name) for skipped in self.skipped[:3])
        more = ", ..." if len(self.skipped) > 3 else ""
        return f"{text}; {len(self.skipped):,} left out: {counted_reasons(self.skipped)} ({names}{more})"


def load_images(
    source: ImageFiles | Dataset,
    section: DataSection,
    name: str,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> ImageStore:
    """Find, decode and cache the images of a data set.

    Args:
        source: what the data set's `build` answered.
        section: the shape they shall have, and how much memory they may take.
        name: the data set's, for messages.
        cache: instead of `cache_root()`; decoded images lie in its folder `data`.
        progress: told (files done, files in all) while files are decoded.

    Raises:
        UsageError: no such folder or zip, fewer than two images, no labels where they are asked for, or
            neither memory nor cache to hold the images.
    """
    folder = (cache_root() if cache is None else cache) / "data"
    with open_source(source, section.max_pixels) as opened:
        count = len(opened.names)
        labels = need_labels(opened, name) if section.labels and count else None
        wanted = np.arange(count) if labels is None else np.flatnonzero(labels.indices != NO_LABEL)
        subset = "all" if len(wanted) == count else "labelled"
        fingerprint = digest([opened.fingerprint(folder), _transform(section), subset])
        had = obtain(opened, wanted.tolist(), section, Kept(folder, fingerprint), progress)
        left_out = dict.fromkeys(np.setdiff1d(np.arange(count), wanted).tolist(), "no label") | had.left_out
        skipped = (*opened.skipped, *(Skipped(opened.names[index], why) for index, why in left_out.items()))
        need_images(had.images, skipped, opened.notes, name)
        there = np.array([index for index in wanted if index not in left_out], dtype=np.int64)
        return ImageStore(
            images=had.images,
            labels=None if labels is None else labels.indices[there],
            classes=() if labels is None else labels.classes,
            fingerprint=fingerprint,
            name=name,
            skipped=skipped,
            cached=had.cached,
            notes=(*opened.notes, *label_notes(labels, there), *had.notes),
        )


def _transform(section: DataSection) -> str:
    """What decides the pixels, beside the files."""
    fields = section.model_dump(mode="json", include={"image_size", "channels", "fit", "background", "max_pixels"})
    return json.dumps({"decoder": DECODER_VERSION, **fields}, sort_keys=True).lower()
