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
        data: name of the data set.
        images: how many it has.
        data_licence: as the data set says; "" where it says nothing.
        evaluation: the data of the last evaluation up to the checkpoint; {} where there is none.
        source: paper of the architecture.
    """

    config: RunConfig
    batch_size: int
    checkpoint: str
    data: str
    images: int
    data_licence: str
    evaluation: Mapping[str, Any]
    source: str

    @property
    def step(self) -> int:
        """Of the checkpoint."""
        return int(self.checkpoint.removeprefix("step-"))


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
    names = [str(name) for name in run.fact("data", "classes")]
    return names if len(names) == count else [str(label) for label in range(count)]


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
    name = checkpoint.name
    step = int(name.removeprefix("step-"))
    scored = [event["data"] for event in run.evaluations() if event.get("step") == step]
    data = catalogue.find(Kind.DATASET, config.data.source.kind)
    assert isinstance(data, DatasetSpec)  # what was looked up
    return Origin(
        config=config,
        batch_size=batch_size,
        checkpoint=name,
        data=str(run.fact("data", "name")),
        images=int(run.fact("data", "images")),
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
