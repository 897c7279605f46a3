"""`ganzoo sample`: images as files or grids, of several seeds, of one class or each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from ganzoo.errors import UsageError
from ganzoo.playing.sampling import sample, sampled
from ganzoo.playing.trained import Trained, open_trained
from ganzoo.registry.catalogue import Catalogue
from ganzoo.report.grid import write_grid
from ganzoo.report.images import write_images
from ganzoo.report.scatter import write_points


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw.

    Attributes:
        count: images of each seed, and of each class with `per_class`.
        seeds: one or more.
        truncation: as in `sample`.
        one_class: a class by name or number; None: all in turn.
        per_class: of each class, from the same latents: in a grid a row a class.
        grid: one picture a seed.
    """

    count: int
    seeds: tuple[int, ...]
    truncation: float
    one_class: str | None
    per_class: bool
    grid: bool


def write_samples(path: Path, out: Path, wanted: Wanted, checkpoint: str, catalogue: Catalogue) -> list[Path]:
    """Draw and write.

    Args:
        path: a run, or an exported folder.
        out: the folder; made if missing.
        wanted: what.
        checkpoint: of a run.
        catalogue: where its parts are looked up.

    Returns:
        The pictures or tables; the folder, where an image is a file.

    Raises:
        UsageError: no such run, checkpoint or class, or a folder that cannot be written.
    """
    trained = open_trained(path, checkpoint, catalogue)
    label = trained.label(wanted.one_class)
    if wanted.per_class and wanted.one_class is not None:
        raise UsageError("--class takes one class and --per-class all of them: give one of the two")
    if wanted.per_class and not trained.classes:
        raise UsageError("--per-class: this generator was trained without labels and has no classes")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}", hint="choose another --out") from error
    labels = list(range(len(trained.classes))) if wanted.per_class else [label]
    written = [file for seed in wanted.seeds for file in _of_one_seed(trained, out, wanted, seed, labels)]
    return list(dict.fromkeys(written))


def _of_one_seed(
    trained: Trained, out: Path, wanted: Wanted, seed: int, labels: list[int | None] | list[int]
) -> Iterator[Path]:
    names = {
        f"seed{seed}" if label is None else f"seed{seed}-{_as_file_name(trained.classes[label], label)}": label
        for label in labels
    }
    points = trained.generator.image_size == 1  # each carried as one pixel
    draw = partial(sample, trained, wanted.count, seed, wanted.truncation)
    if wanted.grid and wanted.per_class and not points:
        path = out / f"grid-seed{seed}-classes.png"
        write_grid(torch.cat([draw(label) for label in names.values()]), path, columns=wanted.count)
        yield path
        return
    for name, label in names.items():
        if points:
            yield write_points(draw(label), out, name, picture=wanted.grid)
        elif wanted.grid:
            write_grid(draw(label), out / f"grid-{name}.png")
            yield out / f"grid-{name}.png"
        else:
            write_images(sampled(trained, wanted.count, seed, wanted.truncation, label), out, name)
            yield out


def _as_file_name(name: str, label: int) -> str:
    """A class's name as part of a file's, which may hold anything; with its number where that is not the same."""
    plain = re.sub(r"[^\w-]+", "-", name).strip("-")[:40]
    return plain if plain == name else f"{label}-{plain}".rstrip("-")
