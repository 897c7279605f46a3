"""A sweep from its definition to its results: begun, gone on with, or joined."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.config.writing import to_toml
from ganzoo.data.pool import cores
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.contained import check_contained
from ganzoo.runs.lock import locked
from ganzoo.sweeping import process
from ganzoo.sweeping.define import plan_of
from ganzoo.sweeping.definition import FILE, Definition, read_definition
from ganzoo.sweeping.ranking import Ranked, rank
from ganzoo.sweeping.record import Record
from ganzoo.sweeping.sharing import environment_for, jobs_for
from ganzoo.sweeping.space import Space
from ganzoo.sweeping.storage import open_database, open_journal
from ganzoo.sweeping.study import open_study
from ganzoo.sweeping.work import Job, Worker

if TYPE_CHECKING:
    from optuna.storages import RDBStorage

BEST = "best.toml"
PAGE = "sweep.html"
HEARTBEAT_S = 60
PARTS = ("configs", "logs", "runs")
SWEEPS = Path("sweeps")
ONLY = "sweep"
"""The study's name in a journal, which holds no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sweep is worked on.

    Attributes:
        out: its folder; None: a new one in `sweeps/`.
        storage: a database's address; None: a journal in the folder.
        name: of the sweep in the database.
        jobs: runs at once; None: as many as fit.
        heartbeat_s: seconds between two signs of life in a database.
    """

    out: Path | None = None
    storage: str | None = None
    name: str | None = None
    jobs: int | None = None
    heartbeat_s: int = HEARTBEAT_S


@dataclass(frozen=True, slots=True)
class Swept:
    """A sweep's results.

    Attributes:
        folder: all of it.
        ranked: the table.
        files: `page` and `best`, the configuration to run; those that exist.
    """

    folder: Path
    ranked: Ranked
    files: dict[str, Path]

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        files = {name: str(path) for name, path in self.files.items()}
        return {"folder": str(self.folder), **self.ranked.as_dict(), **files}


def work_on(
    definition: Definition | None,
    place: Place,
    catalogue: Catalogue,
    tell: Callable[[str], None],
    child: Sequence[str] = process.CHILD,
) -> Swept:
    """Train what is left of a sweep, and write down what came of all of it.

    Args:
        definition: the sweep; None: the database knows it.
        place: where.
        catalogue: where parts are looked up.
        tell: given a line about each thing that happens.
        child: the command that trains a run.

    Raises:
        UsageError: it cannot be begun here; nothing was started.
        Interrupted: the user asked to stop; everything is saved.
    """
    storage = None
    if place.storage is not None:
        if not place.name:
            raise UsageError("--storage: which sweep of the database?", hint="--name NAME, the same for every worker")
        if place.heartbeat_s < 1:
            raise UsageError(f"--heartbeat {place.heartbeat_s}: seconds, 1 or more")
        storage = open_database(place.storage, place.heartbeat_s)
        if definition is None:
            definition = open_study(storage, place.name, None)[1]
    if definition is None:
        raise UsageError("which sweep?")
    folder = _folder(definition, place)
    device = _check_buildable(definition, catalogue, child)
    _make(folder)
    with locked(folder) if storage is None else nullcontext():
        return _work_in(folder, definition, place, storage, device, catalogue, tell, child)


def _work_in(
    folder: Path,
    definition: Definition,
    place: Place,
    storage: RDBStorage | None,
    device: str,
    catalogue: Catalogue,
    tell: Callable[[str], None],
    child: Sequence[str],
) -> Swept:
    definition.write(folder)
    space = Space(definition.request(folder), definition.varies, catalogue)
    jobs = jobs_for(place.jobs, cores(), device, definition.trials * definition.seeds)
    kept = open_journal(folder) if storage is None else storage
    study, _ = open_study(kept, place.name or ONLY, definition)
    plan = plan_of(definition, space, since=len(study.get_trials(deepcopy=False)))
    record = Record(study, definition, plan, space, storage)
    if storage is None and (dead := record.lay_down_the_dead()):
        tell(f"{dead} runs were under way when the sweep was killed: they go on")
    tell(f"settings: {definition.trials}, seeds of each: {definition.seeds}, runs at once: {jobs}, on {device}")
    Worker(
        Job(
            record=record,
            space=space,
            folder=folder,
            score=definition.score,
            seed=definition.seed,
            jobs=jobs,
            environment=environment_for(jobs, cores(), os.environ),
            heartbeat_s=place.heartbeat_s,
            tell=tell,
            child=child,
        )
    ).work()
    ranked = rank(record.done(), definition, plan)
    return Swept(folder, ranked, _written(folder, ranked, definition, space, record))


def _written(folder: Path, ranked: Ranked, definition: Definition, space: Space, record: Record) -> dict[str, Path]:
    from ganzoo.sweeping.importance import importance_of
    from ganzoo.sweeping.page import write_page

    files = {"page": folder / PAGE}
    if ranked.best is not None:
        files["best"] = folder / BEST
        write_atomic(files["best"], to_toml(space.config(ranked.best.setting, definition.seed)))
    write_page(ranked, definition, space, importance_of(record.study), folder, files["page"])
    return files


def _check_buildable(definition: Definition, catalogue: Catalogue, child: Sequence[str]) -> str:
    """Compose the first setting and build all that its run needs, in another process; where it would compute.

    Raises:
        UsageError: it cannot be built here.
    """
    with tempfile.TemporaryDirectory(prefix="ganzoo-sweep-") as temporary:
        space = Space(definition.request(Path(temporary)), definition.varies, catalogue)
        config = Path(temporary) / "first.toml"
        write_atomic(config, to_toml(space.config(space.examples()[0], definition.seed)))
        try:
            return process.check(config, environment_for(1, cores(), os.environ), child)
        except UsageError as error:
            offered = [name for name in catalogue.names(Kind.METRIC) if f"`{name}`" in error.hint]
            nearest = get_close_matches(definition.score, offered, n=1, cutoff=0)
            if not nearest or f"`{definition.score}`" not in error.message:
                raise
            option = "--minimise" if definition.minimise else "--maximise"
            raise UsageError(error.message, hint=f"{error.hint}: {option} {nearest[0]}") from error


def _folder(definition: Definition, place: Place) -> Path:
    """The sweep's folder: one that holds it, or that is new or empty.

    Raises:
        UsageError: it holds something else, or a link in it leads out of it.
    """
    name = place.name or (definition.recipe or "sweep").rpartition("/")[2]
    folder = place.out or SWEEPS / (name if place.name else f"{name}-{time.strftime('%Y%m%d-%H%M%S')}")
    if (folder / FILE).exists():
        if read_definition(folder) != definition:
            hint = f"`ganzoo sweep --resume {folder}` goes on with it, or --out ELSEWHERE"
            raise UsageError(f"{folder} holds another sweep", hint=hint)
    elif folder.is_dir() and any(not _is_left_by_a_start(path) for path in folder.iterdir()):
        raise UsageError(f"{folder} is not empty, and holds no sweep", hint="choose another place with --out")
    if folder.is_dir():
        check_contained(folder, "sweep")
    return folder


def _is_left_by_a_start(path: Path) -> bool:
    return path.name.startswith(".") or (path.name in PARTS and path.is_dir() and not any(path.iterdir()))


def _make(folder: Path) -> None:
    try:
        for part in PARTS:
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write the sweep to {folder}: {error.strerror}", hint="--out ELSEWHERE") from error


def check_installed() -> None:
    """Raises UsageError where Optuna is missing."""
    try:
        import optuna  # noqa: F401 - asked whether it is there
    except ImportError as error:
        raise UsageError(
            "`ganzoo sweep` needs Optuna, which is not installed", hint="install ganzoo's extra `sweep`"
        ) from error
