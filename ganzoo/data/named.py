"""The data set a configuration names, ready to train on."""

from __future__ import annotations

from ganzoo.config.models import DataSection
from ganzoo.contracts.dataset import ImageFiles
from ganzoo.data.store import ImageStore, load_images
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind


def load_named(section: DataSection, catalogue: Catalogue) -> ImageStore:
    """Decode, or find in the cache, the images of `section.source`.

    A data set is called by its own name; one's own files by the folder's or the zip's.

    Raises:
        UsageError: as `load_images`.
    """
    spec = catalogue.find(Kind.DATASET, section.source.kind)
    source = spec.build(section.source.settings)
    name = source.path.stem if isinstance(source, ImageFiles) and spec.argument else spec.name
    return load_images(source, section, name)
