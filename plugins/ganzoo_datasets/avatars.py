"""The data set that comes with ganzoo, so that a first run needs neither files nor a network."""

from __future__ import annotations

from pathlib import Path

from ganzoo.contracts.dataset import ImageFiles
from ganzoo.plugin import DatasetConfig, DatasetSpec

ZIP = Path(__file__).with_name("avatars.zip")


class AvatarsConfig(DatasetConfig):
    """4,096 drawn faces, 64 x 64 RGB; the labels are 11 hair colours. There is nothing to set."""


def build(config: AvatarsConfig) -> ImageFiles:  # noqa: ARG001 - every `build` is given its settings
    """The zip beside this module."""
    return ImageFiles(ZIP)


SPEC = DatasetSpec(
    name="avatars",
    summary="4,096 avatar faces, 64 px, 11 hair colours; drawn, not photographs; comes with ganzoo",
    source='"Lorelei" by Lisa Wischofsky (CC0 1.0), composed with DiceBear (MIT)',
    licence="CC0 1.0",
    default=True,
    config=AvatarsConfig,
    build=build,
)
