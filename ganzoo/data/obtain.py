"""Takes images from the cache, or decodes them and puts them there; in memory, or mapped from disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.data.contents import Source
from ganzoo.data.fill import Filled, Progress, into_file, into_memory, manifest_of
from ganzoo.data.kept import Damaged, Kept, Manifest
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganzoo.config.models import DataSection

GIGABYTE = 10**9


@dataclass(frozen=True, slots=True, eq=False)
class Obtained:
    """Images, and how they came.

    Attributes:
        images: [N, size, size, channels].
        left_out: number of the file in the source -> why it is not among them.
        cached: nothing was decoded.
        notes: what did not work and what was done instead.
    """

    images: NDArray[np.uint8]
    left_out: dict[int, str]
    cached: bool
    notes: tuple[str, ...] = ()


def obtain(
    source: Source, wanted: Sequence[int], section: DataSection, kept: Kept, progress: Progress | None
) -> Obtained:
    """The images numbered `wanted`.

    Raises:
        UsageError: they fit neither the memory allowed nor the cache.
    """
    notes: tuple[str, ...] = ()
    try:
        manifest = kept.manifest()
        if manifest is not None:
            return Obtained(_held(kept, manifest, section), manifest.left_out, cached=True)
    except Damaged as damage:
        notes = (f"the cached images were damaged ({damage}) and are decoded anew",)
    except OSError as error:
        notes = (f"the cache cannot be read ({error.strerror}); the images are decoded anew",)
    if not _fits(len(wanted) * section.image_size**2 * section.channels, section):
        images, filled = _through_file(source, wanted, section, kept, progress)
        return Obtained(images, filled.left_out, cached=False, notes=notes)
    images, filled = into_memory(source, wanted, section, progress)
    try:
        if filled.count and filled.lasting:
            with kept.writing() as file:
                file.write(images.data)
            kept.seal(manifest_of(filled, section))
    except OSError as error:
        notes += (f"the cache cannot be written ({error.strerror}): the next start decodes all images again",)
    return Obtained(images, filled.left_out, cached=False, notes=notes)


def _through_file(
    source: Source, wanted: Sequence[int], section: DataSection, kept: Kept, progress: Progress | None
) -> tuple[NDArray[np.uint8], Filled]:
    try:
        with kept.writing() as file:
            filled = into_file(source, wanted, section, file, progress)
        manifest = manifest_of(filled, section)
        if not filled.count:  # nothing to map, nothing to keep
            kept.forget()
            return np.empty(manifest.shape, dtype=np.uint8), filled
        if filled.lasting:
            kept.seal(manifest)
        return _held(kept, manifest, section), filled
    except OSError as error:
        needed = len(wanted) * section.image_size**2 * section.channels / GIGABYTE
        raise UsageError(
            f"the decoded images take {needed:.3g} GB, more than data.memory_gb = {section.memory_gb:g}, "
            f"and the cache in {kept.folder} cannot be written: {error.strerror}",
            hint=f"set data.memory_gb to {needed + 0.01:.2f} or more, "
            "or the environment variable GANZOO_CACHE to a folder with room",
        ) from error


def _held(kept: Kept, manifest: Manifest, section: DataSection) -> NDArray[np.uint8]:
    fits = _fits(int(np.prod(manifest.shape)), section)
    return kept.loaded(manifest) if fits else kept.mapped(manifest)


def _fits(size: int, section: DataSection) -> bool:
    return size <= section.memory_gb * GIGABYTE
