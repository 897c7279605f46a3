"""What `sample` draws: images of several seeds, of one class or each; as a tensor, as files, or as grids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.errors import UsageError
from ganzoo.playing.sampling import sample, sampled
from ganzoo.playing.trained import Trained
from ganzoo.report.grid import write_grid
from ganzoo.report.images import write_images
from ganzoo.report.scatter import write_points


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw.

    Attributes:
        count: images of each seed, and of each class with `per_class`.
        seeds: one or more.
        truncation: 1 draws as in training; towards 0 the images grow alike.
        label: a class by name or number; None: all in turn, where there are some.
        per_class: of each class, from the same latents.

    Raises:
        UsageError: no seed.
    """

    count: int = 64
    seeds: Sequence[int] = (0,)
    truncation: float = 1.0
    label: str | int | None = None
    per_class: bool = False

    def __post_init__(self) -> None:
        if not self.seeds:
            raise UsageError("no seed: it takes one or more")

    def labels(self, trained: Trained) -> Sequence[int | None]:
        """What is drawn of each seed, one after another.

        Raises:
            UsageError: no such class, no classes at all, or one and each at once.
        """
        if not self.per_class:
            return [trained.label(self.label)]
        if self.label is not None:
            raise UsageError("one class and each class are asked for at once: give one of the two")
        if not trained.classes:
            raise UsageError("each class: this generator was trained without labels and has no classes")
        return range(len(trained.classes))


def draw(trained: Trained, wanted: Wanted) -> Tensor:
    """Images [seeds * classes * count, C, H, W] uint8, or points [..., dim, 1, 1] float32, in this order.

    Raises:
        UsageError: no image, or no such class.
    """
    labels = wanted.labels(trained)
    return torch.cat(
        [sample(trained, wanted.count, seed, wanted.truncation, label) for seed in wanted.seeds for label in labels]
    )


def write_samples(trained: Trained, wanted: Wanted, out: Path, *, grid: bool) -> list[Path]:
    """Draw and write.

    Args:
        trained: the generator.
        wanted: what.
        out: the folder; made if missing.
        grid: one picture of each seed, with `per_class` a row a class; else a file an image. Points: a picture or a
            table.

    Returns:
        The pictures or tables; the folder, where an image is a file.

    Raises:
        UsageError: no image, no such class, or a folder that cannot be written.
    """
    labels = wanted.labels(trained)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}", hint="choose another --out") from error
    written = [file for seed in wanted.seeds for file in _of_one_seed(trained, wanted, seed, labels, out, grid)]
    return list(dict.fromkeys(written))


def _of_one_seed(
    trained: Trained, wanted: Wanted, seed: int, labels: Sequence[int | None], out: Path, grid: bool
) -> Iterator[Path]:
    names: dict[str, int | None] = {}
    for label in labels:
        name = f"seed{seed}" if label is None else f"seed{seed}-{_as_file_name(trained.classes[label], label)}"
        while name in names:  # a class may be called what another one's file is
            name = f"{name}-{label}"
        names[name] = label
    points = trained.generator.image_size == 1  # each carried as one pixel
    drawn = partial(sample, trained, wanted.count, seed, wanted.truncation)
    if grid and wanted.per_class and not points:
        path = out / f"grid-seed{seed}-classes.png"
        write_grid(draw(trained, replace(wanted, seeds=(seed,))), path, columns=wanted.count)
        yield path
        return
    for name, label in names.items():
        if points:
            yield write_points(drawn(label), out, name, picture=grid)
        elif grid:
            write_grid(drawn(label), out / f"grid-{name}.png")
            yield out / f"grid-{name}.png"
        else:
            write_images(sampled(trained, wanted.count, seed, wanted.truncation, label), out, name)
            yield out


def _as_file_name(name: str, label: int) -> str:
    """A class's name as part of a file's, which may hold anything; with its number where that is not the same."""
    plain = re.sub(r"[^\w-]+", "-", name).strip("-")[:40]
    return plain if plain == name else f"{label}-{plain}".rstrip("-")
