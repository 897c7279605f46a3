"""Try many settings, and rank them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.api.train import OPTIONS, option_overrides
from ganzoo.config.compose import Request
from ganzoo.config.overrides import Override
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.catalogue import catalogue

if TYPE_CHECKING:
    from ganzoo.sweeping.definition import Definition
    from ganzoo.sweeping.start import Place, Swept
    from ganzoo.sweeping.vary import Axis

Tell = Callable[[str], None]
"""Given a line about each thing that happens."""


def sweep(
    recipe: str | None = None,
    *,
    vary: Mapping[str, str | Sequence[Any]] | None = None,  # Any: whatever TOML can hold
    seeds: int = 1,
    minimise: str | None = None,
    maximise: str | None = None,
    sampler: str | None = None,
    trials: int | None = None,
    prune: int | None = None,
    data: str | Path | None = None,
    balance: Sequence[str] = (),
    preset: str | None = None,
    config: str | Path | None = None,
    metrics: Sequence[str] = (),
    settings: Mapping[str, object] | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    storage: str | None = None,
    name: str | None = None,
    heartbeat: int = 60,
    tell: Tell = lambda _: None,
    **options: str | float | Sequence[str] | None,
) -> Swept:
    """Train a run for each setting and seed, each in a process of its own, and rank the settings.

    Args:
        recipe: name of the architecture.
        vary: what varies, by dotted path or option: values, `{"batch_size": [32, 64]}`, or a text as on the command
            line, `"64,128"`, `"1e-5..1e-3 log"`. `"balance"`, `"data"`, `"preset"` and `"recipe"` vary too.
        seeds: repeats of each setting.
        minimise: the score that is better when lower; or
        maximise: when higher. By default the first score of the runs that can be ranked.
        sampler: `grid`, `random` or `tpe`; by default a grid, or TPE where a range is given.
        trials: settings; by default the whole grid, or 20.
        prune: evaluations without improvement after which a run that is also worse than the median is stopped.
        data: as for `run`, and so are `balance`, `preset`, `config`, `metrics`, `settings` and the options.
        balance: strategies of every run; those that vary come on top.
        preset: one of the recipe's presets.
        config: a TOML or YAML file.
        metrics: scores, by name.
        settings: by dotted path.
        out: the sweep's folder; by default a new one in `sweeps/`. One that holds this sweep is gone on with.
        jobs: runs at once; by default as many as there are cores, up to 4, and one on a GPU.
        storage: address of a database that several workers share, `postgresql://user@host/name`.
        name: of the sweep in the database.
        heartbeat: seconds between two signs of life there; after three missed ones a worker counts as dead.
        tell: given a line about each thing that happens.
        **options: `epochs`, `steps`, `image_size` ..., as for `run`.

    Raises:
        UsageError: something cannot be; nothing was started.
        Interrupted: the user asked to stop; everything is saved.
    """
    from ganzoo.sweeping.start import Place
    from ganzoo.sweeping.vary import axis

    overrides = [Override(path, value, "settings") for path, value in (settings or {}).items()]
    request = Request(
        recipe=recipe,
        preset=preset,
        config=None if config is None else Path(config),
        data=None if data is None else str(data),
        balance=tuple(balance),
        metrics=tuple(metrics),
        options=[*option_overrides(options), *overrides],
    )
    axes = [axis(path, values, OPTIONS) for path, values in (vary or {}).items()]
    place = Place(out=None if out is None else Path(out), storage=storage, name=name, jobs=jobs, heartbeat_s=heartbeat)
    return begin_sweep(
        request, axes, place, tell, seeds=seeds, minimise=minimise, maximise=maximise, sampler=sampler, trials=trials,
        prune=prune,
    )  # fmt: skip


def begin_sweep(
    request: Request,
    axes: Sequence[Axis],
    place: Place,
    tell: Tell,
    *,
    seeds: int,
    minimise: str | None,
    maximise: str | None,
    sampler: str | None,
    trials: int | None,
    prune: int | None,
) -> Swept:
    """`sweep`, with settings that remember where they were written."""
    from ganzoo.sweeping.define import define

    definition = define(
        request, axes, catalogue(), seeds=seeds, minimise=minimise, maximise=maximise, sampler=sampler, trials=trials,
        prune=prune,
    )  # fmt: skip
    return _work_on(definition, place, tell)


def resume_sweep(folder: str | Path, *, jobs: int | None = None, tell: Tell = lambda _: None) -> Swept:
    """Go on with a sweep that was stopped or killed; of one that is over, the results again.

    Args:
        folder: the sweep's.
        jobs: runs at once.
        tell: given a line about each thing that happens.

    Raises:
        UsageError: it holds no sweep, or another process works in it.
    """
    from ganzoo.sweeping.definition import read_definition
    from ganzoo.sweeping.start import Place
    from ganzoo.sweeping.storage import JOURNAL

    folder = Path(folder)
    definition = read_definition(folder)
    if not (folder / JOURNAL).exists() and any((folder / "runs").glob("*")):
        raise UsageError(f"{folder}: its record is in a database", hint="--storage and --name, as it was begun")
    return _work_on(definition, Place(out=folder, jobs=jobs), tell)


def join_sweep(place: Place, tell: Tell) -> Swept:
    """Work on a sweep that a database knows.

    Raises:
        UsageError: it does not.
    """
    return _work_on(None, place, tell)


def _work_on(definition: Definition | None, place: Place, tell: Tell) -> Swept:
    from ganzoo.sweeping.start import check_installed, work_on

    check_installed()
    from optuna.exceptions import StorageInternalError

    try:
        return work_on(definition, place, catalogue(), tell)
    except StorageInternalError as error:
        raise GanzooError(
            "the database no longer answers; runs under way were saved", hint="the same command goes on with the sweep"
        ) from error
