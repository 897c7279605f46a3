"""ganzoo's own data sets: the avatars that come with it, one's own files, and torchvision's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ganzoo.plugin import DatasetSpec, hookimpl
from ganzoo_datasets import avatars, files, torchvision_sets


@hookimpl
def ganzoo_datasets() -> Sequence[DatasetSpec[Any]]:  # `Any`: a list of specs with different config classes
    """The data sets."""
    return [avatars.SPEC, files.SPEC, torchvision_sets.SPEC]
