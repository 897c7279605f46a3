"""Start a run, and go on with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ganzoo.api.finished import Run
from ganzoo.config.compose import Request, compose
from ganzoo.config.overrides import Override
from ganzoo.contracts import Observer
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import open_run

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


def start(
    request: Request,
    out: Path | None = None,
    observers: Sequence[Observer] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Compose a request, make its run directory, and train.

    Args:
        request: what shall be trained.
        out: the run directory; by default a new one in `runs/`.
        observers: who watches.
        progress: told (files done, files in all) while images are decoded.
    """
    from ganzoo.training.distributed import joined
    from ganzoo.training.session import build_session
    from ganzoo.training.starting import begin

    with joined() as ranks:
        session = ranks.all_or_none(lambda: build_session(compose(request, catalogue()), catalogue(), ranks, progress))
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
    from ganzoo.training.distributed import joined
    from ganzoo.training.launching import is_launched

    directory = open_run(path)
    if fork is not None:
        if is_launched():
            raise UsageError(
                "a fork begins in one process",
                hint="make it with one, stop it with Ctrl-C, and go on with several: ganzoo resume NEW --processes 2",
            )
        return Run(forking.fork(directory, fork, checkpoint, given, observers, catalogue()).path)
    if checkpoint != "latest":
        raise UsageError(
            f"going on from {checkpoint} would overwrite what came after it",
            hint="a new run can start there: --fork NEW_RUN",
        )
    with joined() as ranks:
        resuming.go_on(directory, given, observers, catalogue(), ranks)
    return Run(directory.path)


def _and_notebook(observers: Sequence[Observer]) -> list[Observer]:
    """Those who watch, and the notebook where this runs in one."""
    from ganzoo.report.notebook import NotebookView, in_notebook

    show = in_notebook()
    return [*observers, *([NotebookView(show)] if show is not None else [])]
