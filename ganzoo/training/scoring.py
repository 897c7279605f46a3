"""Scores a trained generator again: of a run, or of one of its checkpoints, against its own data or another's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ganzoo.config.compose import Request, compose
from ganzoo.config.overrides import Override
from ganzoo.contracts import Generator
from ganzoo.data.named import load_named
from ganzoo.errors import UsageError
from ganzoo.evaluation.evaluator import build_evaluator
from ganzoo.evaluation.result import Evaluation
from ganzoo.registry.catalogue import Catalogue
from ganzoo.runs.directory import RunDirectory
from ganzoo.training.checkpoints import AVERAGE, LATEST
from ganzoo.training.sampling import draw_images, draw_labels
from ganzoo.training.session import configured
from ganzoo.training.stamp import stamp


def run_and_checkpoint(path: Path, which: str = LATEST) -> tuple[RunDirectory, str] | None:
    """The run that a path means and the name of its checkpoint; None where the path is no run and no checkpoint.

    Args:
        path: a run directory, or a checkpoint's folder in one.
        which: the checkpoint where `path` names none.

    Raises:
        UsageError: a checkpoint without its run, or two checkpoints asked for.
    """
    if RunDirectory(path).config.is_file():
        return RunDirectory(path), which
    if not (path / f"{AVERAGE}.safetensors").is_file():
        return None
    path = path.resolve()
    run = RunDirectory(path.parent.parent)
    if path.parent != run.checkpoints or not run.config.is_file():
        raise UsageError(
            f"{path} is a checkpoint without its run, whose config.toml says which network it belongs to",
            hint="evaluate it where it was written: RUN/checkpoints/STEP",
        )
    if which not in (LATEST, path.name):
        raise UsageError(f"{path} is one checkpoint, and --checkpoint {which} another", hint="give one of them")
    return run, path.name


def evaluate_generator(
    generator: Generator,
    run: RunDirectory,
    catalogue: Catalogue,
    metrics: Sequence[str] = (),
    images: int | None = None,
    against: str | Path | None = None,
) -> Evaluation:
    """Scores of a generator as its run would have given them.

    Args:
        generator: in eval mode.
        run: where its configuration is.
        catalogue: where metrics and data are looked up.
        metrics: instead of the run's, with settings.
        images: instead of the run's number.
        against: real images instead of the run's: a folder, a zip, or a data set's name.

    Raises:
        UsageError: no metric is named, here or by the run.
    """
    options = [Override("evaluation.images", images, "--images")] if images is not None else []
    if against is not None:  # other images need not have the run's labels
        options.append(Override("data.labels", False, "--against"))
    if metrics:  # what would have ended the run, or chosen its best, may be a score that is not asked for now
        options += [Override("training.stop_when", [], "--metric"), Override("evaluation.best_by", None, "--metric")]
    data = None if against is None else str(against)
    request = Request(config=run.config, metrics=tuple(metrics), data=data, data_option="--against", options=options)
    config = configured(compose(request, catalogue), catalogue)[1]
    if not config.evaluation.metrics:
        raise UsageError(
            "no metric is named: there is nothing to measure",
            hint="name one with --metric; `ganzoo list metric` shows them",
        )
    store = load_named(config.data, catalogue)
    device = next(generator.parameters()).device
    evaluator = build_evaluator(config.evaluation, catalogue, store, device)
    seed, purpose = config.training.seed, "evaluation"
    draw, labels = draw_images(generator, seed, purpose), draw_labels(generator, seed, purpose)
    return evaluator(draw, stamp(config, store.shape), labels)
