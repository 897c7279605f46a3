"""The settings of my-dataset. The text below a setting is what `ganzoo show` prints."""

from __future__ import annotations

from pydantic import Field

from ganzoo.plugin import DatasetConfig


class MyDatasetConfig(DatasetConfig):
    """How many drawings."""

    images: int = Field(default=2048, ge=2, le=1_000_000)
    """How many there are."""
