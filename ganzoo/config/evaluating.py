"""What is scored, and how, where there is no run whose configuration would say it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ganzoo.config.data_option import data_overrides
from ganzoo.config.layers import Layers
from ganzoo.config.models import Choice, DataSection, EvaluationSection
from ganzoo.config.overrides import parse_part
from ganzoo.config.tables import look
from ganzoo.config.validation import validate_part
from ganzoo.contracts.parts import DatasetConfig
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind

CHANNELS = 3
"""Backbones read RGB, and grey images repeat their one channel in any case."""


def metrics_section(metrics: Sequence[str], images: int, catalogue: Catalogue) -> EvaluationSection:
    """The scores of `--metric fd --metric ssim:pairs=200`, or of ganzoo's own default metrics where none is named.

    Args:
        metrics: names with settings.
        images: generated images, and at most as many reals, >= 2.
        catalogue: where metrics are looked up.

    Raises:
        UsageError: no such metric, or settings it does not take.
    """
    layers = Layers()
    for text in metrics or catalogue.defaults(Kind.METRIC):
        layers.add(parse_part(text, "metrics", "--metric"))
    tables: dict[str, Any] = look(layers.table, "metrics") or {}
    built = {
        name: validate_part(f"metrics.{name}", settings, Kind.METRIC, name, catalogue, layers.origin)
        for name, settings in tables.items()
    }
    return EvaluationSection.model_validate({"metrics": built, "images": images})


def data_section(text: str, image_size: int, origin: str, catalogue: Catalogue) -> DataSection:
    """A folder, a zip, or a data set by name, every image of it brought to one square size.

    Args:
        text: as for `--data`.
        image_size: height and width in pixels.
        origin: the option, for messages.
        catalogue: where data sets are looked up.

    Raises:
        UsageError: no such data, a size out of range, or a data set of points.
    """
    layers = Layers()
    layers.add(data_overrides(text, catalogue, origin))
    source = dict(look(layers.table, "data.source"))
    name = str(source.pop("kind"))
    if catalogue.find(Kind.DATASET, name).points:
        raise UsageError(f"{origin} {text}: points, not images", hint="`ganzoo evaluate RUN` scores a run on points")
    settings = validate_part("data.source", source, Kind.DATASET, name, catalogue, layers.origin)
    assert isinstance(settings, DatasetConfig)  # of the kind that was looked up
    try:
        return DataSection(
            source=Choice[DatasetConfig](kind=name, settings=settings), image_size=image_size, channels=CHANNELS
        )
    except ValidationError as error:
        raise UsageError(f"--image-size {image_size}: {error.errors()[0]['msg'].lower()}") from error
