"""From what a data set's `build` answers to a source that can be read."""

from __future__ import annotations

import zipfile

from ganzoo.config.data_option import near_path
from ganzoo.contracts.dataset import Dataset, ImageFiles
from ganzoo.data.archive import Archive
from ganzoo.data.arrays import Arrays
from ganzoo.data.contents import Source
from ganzoo.data.folder import Folder
from ganzoo.data.shown import plain
from ganzoo.errors import ContractError, UsageError, did_you_mean

BYTES_A_PIXEL = 8
"""The most a file that Pillow reads takes uncompressed: four channels of 16 bits."""


def open_source(source: ImageFiles | Dataset, max_pixels: int) -> Source:
    """List a folder, a zip or a data set; no image is read yet.

    Args:
        max_pixels: files that must hold more than this are left out.

    Raises:
        UsageError: nothing there, or neither a folder nor a zip.
    """
    if isinstance(source, Dataset):
        return Arrays(source)
    if not isinstance(source, ImageFiles):
        raise ContractError(f"a data set's `build` must answer with ImageFiles or a Dataset, not {source!r:.80}")
    path, shown = source.path, plain(str(source.path))
    largest = BYTES_A_PIXEL * max_pixels + 2**20  # and a megabyte of metadata
    try:
        if path.is_dir():
            return Folder(path, largest)
        if not path.exists():
            near = did_you_mean([plain(name) for name in near_path(str(path))])
            raise UsageError(f"no folder, zip or data set is called `{shown}`.{near}")
        if path.is_file() and zipfile.is_zipfile(path):
            return Archive(path, largest)
    except (OSError, ValueError) as error:  # a name too long, no permission, a zero byte
        raise UsageError(f"`{shown}` cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    incomplete = path.suffix.lower() == ".zip"
    raise UsageError(
        f"`{shown}` is {'no complete zip' if incomplete else 'neither a folder nor a zip'}",
        hint="download or copy it again" if incomplete else "give a folder of images, or a zip of them",
    )
