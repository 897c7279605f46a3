"""One's own images: a folder or a zip."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ganzoo.contracts.dataset import ImageFiles
from ganzoo.plugin import DatasetConfig, DatasetSpec


class FilesConfig(DatasetConfig):
    """Where the images are."""

    path: str = Field(min_length=1)
    """A folder, sub-folders included, or a zip: PNG, JPEG, WebP, GIF, BMP, TIFF; `~` is your home. Labels
    come from `labels.csv` (`file,label`) beside the images, else from the first sub-folder."""


def build(config: FilesConfig) -> ImageFiles:
    """The path; the core reads what is there."""
    return ImageFiles(Path(config.path).expanduser())


SPEC = DatasetSpec(
    name="files",
    summary="a folder or a zip of your own images",
    licence="your own",
    config=FilesConfig,
    build=build,
    argument="path",
)
