"""my-dataset: a data set for ganzoo. Torch-free: this is imported wherever parts are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import DatasetSpec, hookimpl
from ganzoo_my_dataset.settings import MyDatasetConfig

if TYPE_CHECKING:
    from ganzoo.contracts import Dataset

GANZOO_CONTRACTS = "1.0"
"""The version of ganzoo's contracts this is built for; a ganzoo with older ones says so instead of loading it."""


def build(config: MyDatasetConfig) -> Dataset:
    """The data set with these settings."""
    from ganzoo_my_dataset.images import MyDataset

    return MyDataset(config)


SPEC = DatasetSpec(
    name="my-dataset",
    summary="Drawings of discs and squares in any colour",
    source="my own",
    licence="CC0 1.0",
    config=MyDatasetConfig,
    build=build,
)


@hookimpl
def ganzoo_datasets() -> list[DatasetSpec[MyDatasetConfig]]:
    """The data set `my-dataset`."""
    return [SPEC]
