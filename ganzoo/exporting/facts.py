"""What a run says of its generator, for those who will never see the run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

from ganzoo.config.models import RunConfig
from ganzoo.contracts import Generator
from ganzoo.errors import UsageError
from ganzoo.exporting.folder import Facts
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import DatasetSpec
from ganzoo.runs.directory import RunDirectory


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a generator comes from.

    Attributes:
        config: the configuration, as the user gave it.
        batch_size: of its training, after the strategies' changes.
        checkpoint: name of its folder.
        step: of the checkpoint.
        data: name of the data set.
        images: how many it has.
        data_licence: as the data set says; "" where it says nothing.
        evaluation: the data of the last evaluation up to the checkpoint; {} where there is none.
        source: paper of the architecture.
    """

    config: RunConfig
    batch_size: int
    checkpoint: str
    step: int
    data: str
    images: int
    data_licence: str
    evaluation: Mapping[str, Any]
    source: str


def facts_of(generator: Generator, config: RunConfig, run: RunDirectory) -> Facts:
    """For generator.json.

    Args:
        generator: as loaded.
        config: after the strategies' changes.
        run: where its classes are named.
    """
    return Facts(
        architecture=config.recipe,
        generator=config.generator.model_dump(mode="json"),
        image_size=generator.image_size,
        channels=config.data.channels,
        classes=None if generator.num_classes is None else class_names(run, generator.num_classes),
        latent_dim=generator.latent_dim,
        bounded=generator.bounded,
        fit=config.data.fit,
        background=config.data.background,
        ganzoo=version("pyganzoo"),
    )


def class_names(run: RunDirectory, count: int) -> list[str]:
    """Names of the labels; their numbers where the data set has no names."""
    classes = run.fact("data", "classes")
    names = [str(name) for name in classes] if isinstance(classes, list) else []
    return names if len(names) == count else [str(label) for label in range(count)]


def step_of(checkpoint: Path) -> int:
    """The step in the name of a checkpoint's folder.

    Raises:
        UsageError: it was given another name.
    """
    found = re.fullmatch(r"step-(\d+)", checkpoint.name)
    if found is None:
        raise UsageError(f"{checkpoint}: its name says no step", hint="checkpoints are called step- and a number")
    return int(found[1])


def origin_of(
    run: RunDirectory, config: RunConfig, checkpoint: Path, catalogue: Catalogue, *, batch_size: int
) -> Origin:
    """Of a checkpoint.

    Args:
        run: the run.
        config: as the user gave it.
        checkpoint: its folder.
        catalogue: where the data set and the architecture are looked up.
        batch_size: after the strategies' changes.
    """
    step = step_of(checkpoint)
    scored = [event["data"] for event in run.evaluations() if event.get("step") == step]
    images = run.fact("data", "images")
    if not isinstance(images, int):
        raise UsageError(f"{run.environment} is not what ganzoo writes: {images!r} images")
    data = catalogue.find(Kind.DATASET, config.data.source.kind)
    assert isinstance(data, DatasetSpec)  # what was looked up
    return Origin(
        config=config,
        batch_size=batch_size,
        checkpoint=checkpoint.name,
        step=step,
        data=str(run.fact("data", "name")),
        images=images,
        data_licence=data.licence,
        evaluation=scored[-1] if scored else {},
        source=catalogue.find(Kind.ARCHITECTURE, config.recipe).source,
    )


def without_places(value: Any) -> Any:  # Any: nested plain values
    """The same, with absolute paths cut to their last part: where someone's files lie is nobody's business."""
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_places(item) for item in value]
    if isinstance(value, str) and re.match(r"(/|~|[A-Za-z]:[\\/])", value):
        return PurePath(value.replace("\\", "/")).name
    return value
