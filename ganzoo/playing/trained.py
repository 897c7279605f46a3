"""A generator to play with: out of a run, or out of a folder that was exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import Tensor

from ganzoo.config.models import Choice, DataSection
from ganzoo.contracts import Generator
from ganzoo.contracts.parts import DatasetConfig
from ganzoo.errors import UsageError, nearest
from ganzoo.exporting.facts import class_names
from ganzoo.exporting.folder import is_exported, load_folder, read_facts
from ganzoo.latent.space import middle
from ganzoo.registry.catalogue import Catalogue
from ganzoo.runs.directory import RunDirectory, open_run
from ganzoo.training.checkpoints import LATEST
from ganzoo.training.ema import latents_and_labels
from ganzoo.training.loading import checkpoint_of, effective_config, load_averaged
from ganzoo.training.randomness import KeyedDraws
from ganzoo.training.sampling import BATCH

MIDDLES_OF = 1024
"""Latents, and as many opposites, whose mean style is the middle."""
MOST_CLASSES_TRIED = 20


@dataclass(frozen=True, slots=True)
class Trained:
    """A generator with what its user calls things.

    Attributes:
        generator: in eval mode.
        classes: names of the labels; empty where it is unconditional.
        section: how a file becomes an image of its shape.
        run: where it was trained; None: it came alone.
        checkpoint: the folder in the run that it comes out of; None likewise.
    """

    generator: Generator
    classes: Sequence[str]
    section: DataSection
    run: RunDirectory | None
    checkpoint: Path | None
    _middles: dict[int | None, Tensor] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return next(self.generator.parameters()).device

    def label(self, name: str | int | None) -> int | None:
        """A class by its name, or by its number; None stays None.

        Raises:
            UsageError: there is none of that name, or there are none.
        """
        if name is None:
            return None
        if not self.classes:
            raise UsageError(f"class `{name}`: this generator was trained without labels and has no classes")
        if str(name) in self.classes:
            return list(self.classes).index(str(name))
        if str(name).isdecimal() and int(name) < len(self.classes):
            return int(name)
        shown = ", ".join(self.classes[:MOST_CLASSES_TRIED])
        raise UsageError(
            f"no class is called `{name}`.{nearest(str(name), self.classes)}",
            hint=f"classes: {shown}{' ...' if len(self.classes) > MOST_CLASSES_TRIED else ''}; or a number, from 0",
        )

    def latents(self, seed: int, count: int, label: int | None = None) -> tuple[Tensor, Tensor | None]:
        """The latents [count, latent_dim] of `ganzoo sample` for this seed, and their labels.

        Args:
            seed: of the latents.
            count: how many.
            label: of all of them; None: in turn where G is conditional.
        """
        drawn = [latents_and_labels(self.generator, seed, "samples", i, BATCH) for i in range(-(-count // BATCH))]
        latents = torch.cat([some for some, _ in drawn])[:count]
        if self.generator.num_classes is None:
            return latents, None
        if label is not None:
            return latents, torch.full((count,), label, device=latents.device)
        return latents, torch.cat([labels for _, labels in drawn if labels is not None])[:count]

    def draws(self, purpose: str, count: int, seed: int = 0) -> KeyedDraws:
        """Random numbers of a purpose, the same each time."""
        return KeyedDraws(seed, (purpose,), count, self.device)

    def middle(self, label: int | None) -> Tensor:
        """The mean style of a class, or of all where there are none, [*style]; worked out once."""
        if label not in self._middles:
            latents = self.draws("middle", MIDDLES_OF).normal(self.generator.latent_dim)
            self._middles[label] = middle(self.generator, latents, label)
        return self._middles[label]

    def must_make_images(self, verb: str) -> None:
        """Nothing, where it makes images.

        Raises:
            UsageError: it makes points.
        """
        if self.generator.image_size == 1:
            raise UsageError(f"{verb} is for images, and this generator makes points")


def open_trained(path: Path, checkpoint: str, catalogue: Catalogue) -> Trained:
    """The averaged generator of a run, or the one of an exported folder.

    Args:
        path: a run directory, or a folder written by `ganzoo export --format safetensors`.
        checkpoint: of a run: `latest`, `best`, or a step's name.
        catalogue: where its parts are looked up.

    Raises:
        UsageError: neither; no such checkpoint; or it is damaged.
    """
    if is_exported(path):
        if checkpoint != LATEST:
            raise UsageError(f"{path} is an exported generator and has no checkpoint {checkpoint}")
        facts = read_facts(path)
        try:
            section = DataSection(
                source=Choice.model_construct(kind="", settings=DatasetConfig()),  # it came without its data
                image_size=facts.image_size,
                channels=facts.channels,
                fit=facts.fit,
                background=facts.background,
            )
        except ValidationError as error:
            why = " ".join(str(error).split())
            raise UsageError(f"{path} is not what ganzoo export writes: {why}") from error
        return Trained(load_folder(path, catalogue), tuple(facts.classes or ()), section, None, None)
    run = open_run(path)
    found = checkpoint_of(run, checkpoint)
    generator = load_averaged(run, catalogue, found)
    classes = () if generator.num_classes is None else tuple(class_names(run, generator.num_classes))
    return Trained(generator, classes, effective_config(run, catalogue).data, run, found)
