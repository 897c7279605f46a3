"""The verbs of the command line, for scripts and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.config.compose import Request, compose
from ganzoo.config.files import read_config
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.contracts import Observer
from ganzoo.errors import UsageError, nearest
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import RunDirectory, open_run
from ganzoo.runs.logs import read_lines

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contracts import Generator
    from ganzoo.data.inspection import Inspection
    from ganzoo.evaluation.result import Evaluation
    from ganzoo.exporting.export import Exported
    from ganzoo.health.diagnosis import Diagnosis
    from ganzoo.latent.directions import Directions
    from ganzoo.playing.projecting import Projection
    from ganzoo.report.comparison import Comparison

OPTIONS = {
    "epochs": "training.epochs",
    "steps": "training.steps",
    "batch_size": "training.batch_size",
    "image_size": "data.image_size",
    "seed": "training.seed",
    "device": "training.device",
    "precision": "training.precision",
    "stop_when": "training.stop_when",
    "generator": "generator.kind",
    "discriminator": "discriminator.kind",
    "loss": "loss.kind",
}
"""Settings with a name of their own."""


@dataclass(frozen=True)
class Run:
    """A run on disk: what it measured, what it drew, and its generator.

    Attributes:
        path: the run directory.
    """

    path: Path

    @property
    def directory(self) -> RunDirectory:
        """Where each file lies."""
        return RunDirectory(self.path)

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The numbers of each tick: `{"step", "images", "values": {...}, "verdict", "images_per_s"}`."""
        return self.directory.ticks()

    @property
    def scores(self) -> dict[str, float]:
        """The last evaluation's scores by name; empty before the first."""
        evaluations = self.directory.evaluations()
        return dict(evaluations[-1]["data"]["scores"]) if evaluations else {}

    @property
    def shown_scores(self) -> dict[str, str]:
        """The same as people read them: `1.23 ± 0.04 (floor 0)`, with what is known."""
        from ganzoo.evaluation.result import format_score

        evaluations = self.directory.evaluations()
        found = evaluations[-1]["data"] if evaluations else {}
        errors, floors = found.get("standard_errors", {}), found.get("floors", {})
        return {name: format_score(value, errors.get(name), floors.get(name)) for name, value in self.scores.items()}

    @property
    def memorising(self) -> dict[str, Any]:
        """What the last search for copies of training images found, `{"share": 0.008, ...}`; or {}."""
        found = [event for event in read_lines(self.directory.events) if event.get("kind") == "memorising"]
        return {"message": found[-1]["message"], **found[-1]["data"]} if found else {}

    @property
    def report(self) -> dict[str, Path]:
        """The files to look at: the page, the last grid, the GIF, the curves; those that exist."""
        grids = self.directory.grids()
        directory = self.directory
        files = {
            "page": directory.report,
            "gif": directory.gif,
            "curves": directory.curves,
            "neighbours": directory.neighbours,
        }
        if grids:
            files = {"page": files["page"], "samples": grids[-1][1], **files}
        return {name: path for name, path in files.items() if path.exists()}

    @cached_property
    def generator(self) -> Generator:
        """The averaged generator of the last checkpoint, in eval mode, ready to sample from."""
        return load_generator(self.path)

    def sample(self, count: int = 64, seed: int = 0) -> Tensor:
        """Images [count, C, H, W] uint8, or points [count, dim, 1, 1] float32; the same seed gives the same ones."""
        from ganzoo.training.sampling import sample_images

        return sample_images(self.generator, count, seed)


def run(
    recipe: str | None = None,
    *,
    data: str | Path | None = None,
    balance: Sequence[str] = (),
    preset: str | None = None,
    config: str | Path | None = None,
    metrics: Sequence[str] = (),
    settings: Mapping[str, object] | None = None,
    out: str | Path | None = None,
    observers: Sequence[Observer] = (),
    **options: str | float | Sequence[str] | None,
) -> Run:
    """Train.

    Args:
        recipe: name of the architecture, `"dcgan"`; None: `config` names it.
        data: a folder or zip of images, or the name of a data set.
        balance: strategies, as on the command line: `["d-skip:threshold=0.8"]`.
        preset: one of the recipe's presets.
        config: a TOML or YAML file.
        metrics: scores, by name.
        settings: anything else by dotted path, `{"training.ema_beta": 0.995}`.
        out: the run directory; by default a new one in `runs/`.
        observers: who watches, beside those the configuration names, and the notebook where this runs in one.
        **options: `epochs`, `steps`, `batch_size`, `image_size`, `seed`, `device`, `precision`, `generator`,
            `discriminator`, `loss`, `stop_when` (a list), as on the command line.

    Raises:
        UsageError: something cannot work; nothing was started.
        Interrupted: the user asked to stop; everything is saved.
    """
    overrides = [Override(path, value, "settings") for path, value in (settings or {}).items()]
    request = Request(
        recipe=recipe,
        preset=preset,
        config=Path(config) if config is not None else None,
        data=str(data) if data is not None else None,
        balance=tuple(balance),
        metrics=tuple(metrics),
        options=[*option_overrides(options), *overrides],
    )
    return start(request, Path(out) if out is not None else None, _and_notebook(observers))


def option_overrides(options: Mapping[str, object], prefix: str = "") -> list[Override]:
    """Named options as settings; those that are None were not given.

    Raises:
        UsageError: an option that does not exist.
    """
    for name in options:
        if name not in OPTIONS:
            raise UsageError(f"no option is called `{name}`", hint=f"options: {', '.join(OPTIONS)}; or use `settings`")
    return [
        Override(OPTIONS[name], value, f"{prefix}{name.replace('_', '-') if prefix else name}")
        for name, value in options.items()
        if value is not None
    ]


def start(request: Request, out: Path | None = None, observers: Sequence[Observer] = ()) -> Run:
    """Compose a request, make its run directory, and train."""
    from ganzoo.training.session import build_session
    from ganzoo.training.starting import begin

    session = build_session(compose(request, catalogue()), catalogue())
    return Run(begin(session, out, observers, catalogue()).path)


def resume(
    path: str | Path,
    *,
    epochs: float | None = None,
    steps: int | None = None,
    settings: Mapping[str, object] | None = None,
    fork: str | Path | None = None,
    checkpoint: str = "latest",
    observers: Sequence[Observer] = (),
) -> Run:
    """Go on with a run from its last whole checkpoint, exactly where it would have gone on; or fork a new run from it.

    Args:
        path: the run directory, wherever it now lies.
        epochs: a new length, counted from the start of the run.
        steps: likewise in steps.
        settings: by dotted path. A run goes on with settings that no weight depends on: how often it is saved, drawn,
            scored and logged, and where its images now lie. A fork takes any that its networks fit.
        fork: a directory for a new run that starts from the checkpoint; the old run is only read.
        checkpoint: what a fork starts from: `latest`, `best`, or a step's name.
        observers: who watches.

    Raises:
        UsageError: no such run, no whole checkpoint, another process trains in it, or its data or settings changed.
    """
    given = [
        *option_overrides({"epochs": epochs, "steps": steps}),
        *(Override(name, value, "settings") for name, value in (settings or {}).items()),
    ]
    return go_on(Path(path), given, Path(fork) if fork is not None else None, checkpoint, _and_notebook(observers))


def go_on(
    path: Path, given: Sequence[Override], fork: Path | None, checkpoint: str, observers: Sequence[Observer] = ()
) -> Run:
    """`resume`, with settings that remember where they were written."""
    from ganzoo.training import forking, resuming

    directory = open_run(path)
    if fork is not None:
        return Run(forking.fork(directory, fork, checkpoint, given, observers, catalogue()).path)
    if checkpoint != "latest":
        raise UsageError(
            f"going on from {checkpoint} would overwrite what came after it",
            hint="a new run can start there: --fork NEW_RUN",
        )
    resuming.go_on(directory, given, observers, catalogue())
    return Run(directory.path)


def evaluate(
    path: str | Path,
    *,
    metrics: Sequence[str] = (),
    images: int | None = None,
    checkpoint: str = "latest",
    against: str | Path | None = None,
    image_size: int | None = None,
) -> Evaluation:
    """Score a run's averaged generator, or images from files, against real images.

    Args:
        path: a run directory; one of its checkpoints; or a folder or zip of images, or a data set's name: then no model
            is needed.
        metrics: names with settings, `["fd", "ssim:pairs=200"]`; by default those of the run, or ganzoo's default ones.
        images: generated images, and at most as many reals; by default as in the run, or all there are.
        checkpoint: of a run: `latest`, `best`, or a step's name.
        against: a folder, a zip, or a data set's name; by default the data the run was trained on.
        image_size: pixels both sides are brought to where images come from files; by default the usual size of those
            that are scored.

    Raises:
        UsageError: no such run, checkpoint or data, or nothing to compare with.
    """
    from ganzoo.evaluation.folders import evaluate_files
    from ganzoo.training.precision import choose_arithmetic
    from ganzoo.training.scoring import evaluate_generator, run_and_checkpoint

    found = run_and_checkpoint(Path(path), checkpoint)
    if found is not None:
        if image_size is not None:
            raise UsageError("--image-size is for images from files: a run has the size it was trained at")
        directory, name = found
        generator = load_generator(directory.path, name)
        return evaluate_generator(generator, directory, catalogue(), metrics, images, against)
    if against is None:
        if not Path(path).exists():
            raise UsageError(f"no run, folder or zip is called `{path}`")
        raise UsageError(
            f"{path} is not a run: what shall its images be compared with?",
            hint=f"ganzoo evaluate {path} --against REAL_IMAGES/  (a folder, a zip, or a data set's name)",
        )
    device = choose_arithmetic("auto", "fp32").device
    return evaluate_files(
        str(path), str(against), catalogue(), device, metrics=metrics, images=images, image_size=image_size
    )


def compare(runs: Sequence[str | Path], *, html: str | Path | None = None) -> Comparison:
    """Put runs side by side: what was set differently, their scores, curves, samples and cost.

    Args:
        runs: run directories, two or more, finished or not.
        html: write the comparison as one page to this file.

    Returns:
        Its tables; `as_dict()` gives plain values. Scores of different protocols are shown, and not ranked.

    Raises:
        UsageError: fewer than two runs, one named twice, or a path that is no run.
    """
    from ganzoo.evaluation.protocol import differences, facts
    from ganzoo.report.comparison import compare_runs

    comparison = compare_runs([Path(run) for run in runs], differences, facts)
    if html is not None:
        from ganzoo.report.page.comparison import write_comparison

        write_comparison(comparison, Path(html))
    return comparison


def diagnose(path: str | Path) -> Diagnosis:
    """What the doctor says of a run: its verdicts with their evidence, and what to try.

    Args:
        path: a run directory, or the metrics.jsonl of any run that names its numbers as ganzoo does.

    Raises:
        UsageError: there is neither.
    """
    from ganzoo.health.diagnosis import diagnose as read

    path = Path(path)
    if path.is_file():
        return read(read_lines(path), {}, catalogue())
    directory = open_run(path)
    strategies = [
        o.path.split(".") for o in read_config(directory.config) if o.path.startswith(("method.", "balance."))
    ]
    return read(directory.ticks(), {path[1]: {} for path in strategies}, catalogue())


def check_data(
    path: str | Path, *, max_pixels: int = 100_000_000, progress: Callable[[int, int], None] | None = None
) -> Inspection:
    """Read every image of a folder or a zip as training would, and keep none.

    Args:
        path: the folder or the zip.
        max_pixels: an image that claims more is left out, as by `data.max_pixels`.
        progress: told (files done, files in all).

    Returns:
        What can be trained on and what cannot, with reasons; `as_dict()` gives counts, duplicates, sizes, classes.

    Raises:
        UsageError: neither a folder nor a zip, or it cannot be opened.
    """
    from ganzoo.data.inspection import inspect

    return inspect(Path(path), max_pixels, progress)


def write_report(path: str | Path, out: str | Path | None = None) -> Path:
    """Write a run's report.html, finished or not: one file that opens from disk and needs no network.

    Args:
        path: the run directory.
        out: the file; by default report.html in the run directory.

    Returns:
        Where it is.

    Raises:
        UsageError: no such run, or the file cannot be written.
    """
    from ganzoo.report.page.report import write_report as write

    directory = open_run(Path(path))
    try:
        return write(directory, catalogue(), Path(out) if out is not None else None)
    except OSError as error:
        where = out if out is not None else directory.report
        why = error.strerror or error
        raise UsageError(f"cannot write {where}: {why}", hint="choose another place with --out") from error


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
    seed: int = 0,
    checkpoint: str = "latest",
    *,
    truncation: float = 1.0,
    label: str | int | None = None,
) -> Tensor:
    """Images [count, C, H, W] uint8, or points [count, dim, 1, 1] float32, of a run's averaged generator.

    Args:
        path: a run directory or an exported folder.
        count: at least 1.
        seed: the same seed gives the same images.
        checkpoint: `latest`, `best`, or a step's name.
        truncation: 1 draws as in training; towards 0 the images grow alike, and usually better.
        label: a class by name or number; None: all in turn, where the run has labels.

    Raises:
        UsageError: no such run, checkpoint or class.
    """
    from ganzoo.playing.sampling import sample as draw
    from ganzoo.playing.trained import open_trained

    trained = open_trained(Path(path), checkpoint, catalogue())
    return draw(trained, count, seed, truncation, trained.label(label))


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
        fps: frames a second.
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
    found = project_file(trained, Path(image), steps, trained.label(label), checkpoint, catalogue(), features=features)
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


def resolve(request: Request) -> RunConfig:
    """The configuration a request would run with."""
    return compose(request, catalogue())


def _and_notebook(observers: Sequence[Observer]) -> list[Observer]:
    """Those who watch, and the notebook where this runs in one."""
    from ganzoo.report.notebook import NotebookView, in_notebook

    show = in_notebook()
    return [*observers, *([NotebookView(show)] if show is not None else [])]
