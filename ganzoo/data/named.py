"""The data set a configuration names, ready to train on."""

from __future__ import annotations

from ganzoo.config.models import DataSection
from ganzoo.contracts.dataset import ImageFiles, Points
from ganzoo.data.fill import Progress
from ganzoo.data.points import load_points
from ganzoo.data.store import ImageStore, load_images
from ganzoo.errors import ContractError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind


def load_named(section: DataSection, catalogue: Catalogue, progress: Progress | None = None) -> ImageStore:
    """Decode, or find in the cache, the images of `section.source`; or its points.

    A data set is called by its own name; one's own files by the folder's or the zip's.

    Args:
        section: of the configuration.
        catalogue: where the data set is looked up.
        progress: told (files done, files in all) while files are decoded.

    Raises:
        UsageError: as `load_images` and `load_points`.
        ContractError: what it gives is not what it says it is made of.
    """
    spec = catalogue.find(Kind.DATASET, section.source.kind)
    source = spec.build(section.source.settings)
    if isinstance(source, Points) is not spec.points:
        given = type(source).__name__
        raise ContractError(f"the data set `{spec.name}` says points = {spec.points} and gave a {given}")
    if isinstance(source, Points):
        return load_points(source, section, spec.name)
    name = spec.name
    if isinstance(source, ImageFiles) and spec.argument:
        name = source.path.name if source.path.is_dir() else source.path.stem
    return load_images(source, section, name, progress=progress)
