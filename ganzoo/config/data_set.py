"""What a data set brings to a configuration, and what goes together with it: points or images, never both."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.config.layers import Layers
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.config.tables import look
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import DiscriminatorSpec, GeneratorSpec, Spec, Trait

CHOICE = "data.source.kind"
OF_PIXELS = ("image_size", "channels", "fit", "background", "horizontal_flip", "max_pixels")
"""Settings of `data` that say nothing of points."""


def add_data_set(layers: Layers, above: Iterable[Override], catalogue: Catalogue) -> None:
    """Put in the settings and metrics of the data set that the layers above choose, or else the ones below.

    Args:
        layers: defaults, recipe and preset.
        above: what the user says.
        catalogue: where data sets are found.

    Raises:
        UsageError: no data set of that name.
    """
    below = Override(CHOICE, look(layers.table, CHOICE), layers.origin(CHOICE))
    chosen = [below, *(override for override in above if override.path == CHOICE)][-1]
    if not isinstance(chosen.value, str):
        return  # validation says what is wrong with it
    spec = catalogue.find(Kind.DATASET, chosen.value, chosen.origin)
    origin = f"the data set {spec.name}"
    if spec.metrics:
        layers.keep_only("evaluation.metrics", ())
    metrics = {f"evaluation.metrics.{name}": dict(settings) for name, settings in spec.metrics.items()}
    layers.add(Override(path, value, origin) for path, value in (metrics | dict(spec.settings)).items())


def check_data_set(config: RunConfig, said: Iterable[Override], catalogue: Catalogue) -> None:
    """Networks, metrics and strategies that cannot work on these data are an error before anything is loaded.

    Args:
        config: complete.
        said: what the user wrote for this run by hand.
        catalogue: where parts are found.

    Raises:
        UsageError: naming the part, and those that would do.
    """
    data = config.data.source.kind
    points = catalogue.find(Kind.DATASET, data).points
    _check_metrics(config, catalogue, data, points=points)
    if not points:
        return
    for kind, name in ((Kind.GENERATOR, config.generator.kind), (Kind.DISCRIMINATOR, config.discriminator.kind)):
        if not _takes_points(catalogue.find(kind, name)):
            able = [known for known in catalogue.names(kind) if _takes_points(catalogue.find(kind, known))]
            raise UsageError(
                f"the {kind} `{name}` works on images, and the data set `{data}` is made of points",
                hint=f"{kind}s for points: {', '.join(able)}",
            )
    for name in (*config.method, *config.balance):
        if Trait.IMAGES_ONLY in catalogue.find(Kind.BALANCE, name).traits:
            raise UsageError(f"`{name}` works on pixels, and the data set `{data}` is made of points")
    for override in said:
        section, _, last = override.path.rpartition(".")
        if section == "data" and last in OF_PIXELS:
            raise UsageError(
                f"{override.path} (from {override.origin}) is of images, and the data set `{data}` is made of points",
                hint="leave it out",
            )


def _check_metrics(config: RunConfig, catalogue: Catalogue, data: str, *, points: bool) -> None:
    for name in config.evaluation.metrics:
        if catalogue.find(Kind.METRIC, name).points is points:
            continue
        reads, made_of = ("images", "points") if points else ("points", "images")
        able = [known for known in catalogue.names(Kind.METRIC) if catalogue.find(Kind.METRIC, known).points is points]
        raise UsageError(
            f"the metric `{name}` reads {reads}, and the data set `{data}` is made of {made_of}",
            hint=f"metrics for {made_of}: {', '.join(able)}",
        )


def _takes_points(spec: Spec) -> bool:
    return isinstance(spec, GeneratorSpec | DiscriminatorSpec) and spec.points
