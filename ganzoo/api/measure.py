"""What is worth knowing of runs, images and data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.api.draw import load_generator
from ganzoo.config.files import read_config
from ganzoo.config.tables import Table, put
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import open_run
from ganzoo.runs.logs import read_lines

if TYPE_CHECKING:
    from ganzoo.data.inspection import Inspection
    from ganzoo.evaluation.result import Evaluation
    from ganzoo.health.diagnosis import Diagnosis
    from ganzoo.report.comparison import Comparison


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
    if checkpoint != "latest":
        raise UsageError(f"--checkpoint {checkpoint} is for runs: {path} is none")
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
    from ganzoo.health.remedies import InUse

    path = Path(path)
    if path.is_file():
        numbers = list(read_lines(path))
        if not numbers:
            raise UsageError(f"{path} holds no numbers of a run", hint="a run directory, or its metrics.jsonl")
        return read(numbers, InUse(), catalogue())
    directory = open_run(path)
    config: Table = {}
    for setting in read_config(directory.config):
        put(config, setting.path, setting.value)
    return read(directory.ticks(), InUse.of(config), catalogue())


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
