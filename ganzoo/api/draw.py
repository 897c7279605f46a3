"""Play with a trained generator, and take it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.errors import UsageError, nearest
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import open_run

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contracts import Generator
    from ganzoo.exporting.export import Exported
    from ganzoo.latent.directions import Directions
    from ganzoo.playing.projecting import Projection


def load_generator(path: str | Path, checkpoint: str = "latest") -> Generator:
    """A trained generator as an `nn.Module` in eval mode: latents [N, latent_dim] -> images in [-1, 1].

    Args:
        path: a run directory, or a folder written by `export` as safetensors.
        checkpoint: of a run: `latest`, `best`, or a step's name, `step-00001000`.

    Raises:
        UsageError: no such run or checkpoint, or it is damaged.
    """
    from ganzoo.playing.trained import open_trained

    return open_trained(Path(path), checkpoint, catalogue()).generator


def sample(
    path: str | Path,
    count: int = 64,
    seed: int | Iterable[int] = 0,
    checkpoint: str = "latest",
    *,
    truncation: float = 1.0,
    label: str | int | None = None,
    per_class: bool = False,
) -> Tensor:
    """Images [N, C, H, W] uint8, or points [N, dim, 1, 1] float32, of a run's averaged generator, on the CPU.

    N is `count` times the number of seeds, and with `per_class` times the number of classes: those of the first seed
    come first, and within a seed those of the first class. ``sample(...).unflatten(0, (-1, count))`` has a row for
    each.

    Args:
        path: a run directory or an exported folder.
        count: at least 1.
        seed: one or several; the same seed gives the same images.
        checkpoint: `latest`, `best`, or a step's name.
        truncation: 1 draws as in training; towards 0 the images grow alike, and usually better.
        label: a class by name or number; None: all in turn, where the run has labels.
        per_class: `count` images of each class in the place of all in turn, from the same latents.

    Raises:
        UsageError: no such run, checkpoint or class, no image, or no seed.
    """
    from ganzoo.playing.drawing import Wanted, draw
    from ganzoo.playing.trained import open_trained

    wanted = Wanted(count, _several(seed), truncation, label, per_class)
    return draw(open_trained(Path(path), checkpoint, catalogue()), wanted)


def write_samples(
    path: str | Path,
    out: str | Path,
    count: int = 64,
    seed: int | Iterable[int] = 0,
    checkpoint: str = "latest",
    *,
    truncation: float = 1.0,
    label: str | int | None = None,
    per_class: bool = False,
    grid: bool = False,
) -> list[Path]:
    """Write what `sample` draws to a folder, a PNG an image or a grid a seed; a batch at a time, however many they are.

    Args:
        path: a run directory or an exported folder.
        out: the folder; made if missing. Files of the same names are replaced, others left.
        count: as in `sample`, like all that follow.
        seed: one or several.
        checkpoint: `latest`, `best`, or a step's name.
        truncation: 1 draws as in training.
        label: a class by name or number.
        per_class: `count` images of each class; in a grid a row a class.
        grid: one picture of each seed; of points a picture in the place of a table.

    Returns:
        The grids, or the tables of points; the folder, where an image is a file.

    Raises:
        UsageError: no such run, checkpoint or class, no image, no seed, or a folder that cannot be written.
    """
    from ganzoo.playing.drawing import Wanted
    from ganzoo.playing.drawing import write_samples as write
    from ganzoo.playing.trained import open_trained

    wanted = Wanted(count, _several(seed), truncation, label, per_class)
    return write(open_trained(Path(path), checkpoint, catalogue()), wanted, Path(out), grid=grid)


def _several(seed: int | Iterable[int]) -> tuple[int, ...]:
    return tuple(seed) if isinstance(seed, Iterable) else (seed,)


def interpolate(
    path: str | Path,
    out: str | Path,
    *,
    seeds: Sequence[int] = (0, 1, 2, 3),
    frames: int = 24,
    count: int = 9,
    truncation: float = 1.0,
    label: str | int | None = None,
    closed: bool = True,
    fps: float = 24.0,
    checkpoint: str = "latest",
) -> Path:
    """Walk through the latents from seed to seed along arcs, as a GIF or an MP4.

    Args:
        path: a run directory or an exported folder.
        out: the file, `.gif` or `.mp4`; an MP4 needs the extra `video`.
        seeds: two or more; where the walk stands at one, the picture is `sample`'s of that seed.
        frames: from one seed to the next.
        count: images walking side by side.
        truncation: as in `sample`.
        label: of all images.
        closed: back to the first seed, so that it plays without a seam.
        fps: frames a second; a GIF shows each for a whole number of hundredths of a second.
        checkpoint: `latest`, `best`, or a step's name.

    Returns:
        The file.

    Raises:
        UsageError: no such run, fewer than two seeds, another ending, or a missing package.
    """
    from ganzoo.playing.trained import open_trained
    from ganzoo.playing.walking import frames_of_walk
    from ganzoo.playing.writing import in_a_folder
    from ganzoo.report.animation import check_animation, write_animation

    file = in_a_folder(Path(out))
    check_animation(file, fps)
    trained = open_trained(Path(path), checkpoint, catalogue())
    pictures = frames_of_walk(trained, seeds, frames, count, truncation, trained.label(label), closed=closed)
    write_animation(pictures, file, fps)
    return file


def project(
    path: str | Path,
    image: str | Path,
    *,
    out: str | Path | None = None,
    steps: int = 300,
    label: str | int | None = None,
    features: bool = False,
    checkpoint: str = "latest",
) -> Projection:
    """Find the latent whose image is nearest to a given one.

    Args:
        path: a run directory or an exported folder.
        image: a file; brought to the generator's shape as the training images were.
        out: write both, side by side, to this PNG, and the style beside it as `.safetensors`; None: write nothing.
        steps: of the search.
        label: the class to search in; None: all of them, where the run has labels.
        features: compare what the run's discriminator sees, beside pixels.
        checkpoint: `latest`, `best`, or a step's name.

    Raises:
        UsageError: no such run, or a file that cannot be read.
    """
    from ganzoo.playing.projecting import project_file
    from ganzoo.playing.trained import open_trained
    from ganzoo.playing.writing import in_a_folder, write_projection

    file = in_a_folder(Path(out)) if out is not None else None
    trained = open_trained(Path(path), checkpoint, catalogue())
    found = project_file(trained, Path(image), steps, trained.label(label), catalogue(), features=features)
    if file is not None:
        write_projection(found, file)
    return found


def directions(
    path: str | Path,
    *,
    out: str | Path | None = None,
    count: int = 6,
    reach: float = 3.0,
    columns: int = 7,
    seed: int = 0,
    label: str | int | None = None,
    checkpoint: str = "latest",
) -> Directions:
    """The directions of the latent that change the images most.

    Args:
        path: a run directory or an exported folder.
        out: write a strip, a row a direction, to this PNG, and the directions beside it as `.safetensors`; None: write
            nothing.
        count: of directions.
        reach: of the strip to either side, in standard deviations of the styles.
        columns: of the strip, an odd number.
        seed: of the image in its middle.
        label: of the class to look at; None: the first, where the run has labels.
        checkpoint: `latest`, `best`, or a step's name.

    Raises:
        UsageError: no such run, or more directions than there are.
    """
    from ganzoo.playing.directing import directions_strip, find_directions
    from ganzoo.playing.trained import open_trained
    from ganzoo.playing.writing import in_a_folder, write_directions

    file = in_a_folder(Path(out)) if out is not None else None
    trained = open_trained(Path(path), checkpoint, catalogue())
    chosen = trained.label(label)
    found = find_directions(trained, count, chosen)
    if file is not None:
        write_directions(found, directions_strip(trained, found, seed, reach, columns, chosen), columns, file)
    return found


def export(
    path: str | Path,
    format: str = "safetensors",  # noqa: A002 - the option's name
    *,
    out: str | Path | None = None,
    checkpoint: str = "latest",
) -> Exported:
    """Write a run's averaged generator to a folder that others can load, with a model card and a picture.

    Args:
        path: a run directory.
        format: `"safetensors"` (weights; `load_generator` reads it), `"onnx"` (needs the extra `onnx`), or
            `"torch-export"` (a program that PyTorch runs without ganzoo).
        out: the folder, new, empty, or an earlier export; None: `RUN/export/FORMAT`.
        checkpoint: `latest`, `best`, or a step's name.

    Returns:
        Where it is, and how far its images of 64 latents differ from the original's.

    Raises:
        UsageError: no such run or format, a missing package, or a folder that holds something else.
        GanzooError: the file would make other images; nothing was written.
    """
    from ganzoo.exporting.export import Format, export_run

    if format not in list(Format):
        raise UsageError(
            f"no format is called `{format}`.{nearest(format, Format)}", hint=f"formats: {', '.join(Format)}"
        )
    return export_run(
        open_run(Path(path)), Format(format), Path(out) if out is not None else None, checkpoint, catalogue()
    )
