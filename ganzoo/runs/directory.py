"""Where everything of a run lies."""

from __future__ import annotations

import itertools
import re
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganzoo.errors import UsageError, nearest
from ganzoo.runs.contained import check_contained
from ganzoo.runs.evaluations import evaluations_among
from ganzoo.runs.lock import LOCK
from ganzoo.runs.logs import read_lines
from ganzoo.runs.records import parse_json, read_text

FORKING = ".forking"
"""A file that is there while a fork is made: until config.toml is written, all that lies beside it is a copy."""
GRID = re.compile(r"step-([0-9]{1,18})\.png")


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """`runs/<recipe>-<data>-<time>/`; may be moved or renamed at will."""

    path: Path

    @property
    def to_resume(self) -> str:
        """The line to copy that goes on with it."""
        return f"ganzoo resume {shlex.quote(str(self.path))}"

    @property
    def config(self) -> Path:
        """The resolved configuration; `ganzoo run --config` repeats the run with it."""
        return self.path / "config.toml"

    @property
    def environment(self) -> Path:
        """Versions, plugins, hardware, data fingerprint."""
        return self.path / "environment.json"

    @property
    def metrics(self) -> Path:
        """Scalars by step."""
        return self.path / "metrics.jsonl"

    @property
    def events(self) -> Path:
        """Decisions, verdicts, evaluations, checkpoints, faults."""
        return self.path / "events.jsonl"

    @property
    def samples(self) -> Path:
        """Grids of the same latents."""
        return self.path / "samples"

    @property
    def checkpoints(self) -> Path:
        """What to go on from."""
        return self.path / "checkpoints"

    @property
    def gif(self) -> Path:
        """The grids in motion."""
        return self.path / "training.gif"

    @property
    def curves(self) -> Path:
        """Losses, accuracy, skips and scores as a picture."""
        return self.path / "curves.png"

    @property
    def report(self) -> Path:
        """The page that shows all of it."""
        return self.path / "report.html"

    @property
    def neighbours(self) -> Path:
        """Generated images above the training images they are nearest to."""
        return self.path / "neighbours.png"

    @property
    def forking(self) -> Path:
        """There while the run is being made from another one's checkpoint."""
        return self.path / FORKING

    @property
    def is_unfinished_fork(self) -> bool:
        """A fork was killed before it was a run; it can be made again in its place."""
        return self.forking.is_file() and not self.config.exists()

    def sample(self, step: int) -> Path:
        """The grid of one step."""
        return self.samples / f"step-{step:08d}.png"

    def grids(self) -> list[tuple[int, Path]]:
        """All grids with their steps, in order."""
        found = ((GRID.fullmatch(path.name), path) for path in sorted(self.samples.glob("step-*.png")))
        return [(int(name[1]), path) for name, path in found if name]

    def remove_grids_after(self, step: int) -> None:
        """Forget the grids of later steps; only for who holds the run's lock.

        Raises:
            OSError: one cannot be removed.
        """
        for drawn, path in self.grids():
            if drawn > step:
                path.unlink(missing_ok=True)

    def ticks(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl."""
        return list(read_lines(self.metrics))

    def fact(self, section: str, name: str) -> Any:  # Any: plain JSON
        """What environment.json says.

        Raises:
            UsageError: it does not say it, or is not there.
        """
        try:
            return parse_json(read_text(self.environment))[section][name]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise UsageError(f"{self.environment} is not what ganzoo writes: {error!r}") from error

    def evaluations(self) -> list[dict[str, Any]]:
        """The evaluations among the events, in order; their scores are finite numbers by name."""
        return evaluations_among(read_lines(self.events))


def create_run(out: Path | None, name: str) -> RunDirectory:
    """A new run directory: `out` itself, which must be new or empty, or `runs/<name>-<time>`.

    Raises:
        UsageError: it holds something already, or cannot be written.
    """
    name = re.sub(r"[^\w.-]+", "-", name)[:100]  # it may come from a folder's name, which may hold anything
    try:
        path = _make(out) if out is not None else _make_unique(Path("runs"), f"{name}-{time.strftime('%Y%m%d-%H%M%S')}")
        run = RunDirectory(path)
        run.samples.mkdir(exist_ok=True)
        run.checkpoints.mkdir(exist_ok=True)
    except OSError as error:
        where = out if out is not None else Path("runs")
        raise UsageError(
            f"cannot write the run to {where}: {error.strerror or error}",
            hint="choose another place with --out",
        ) from error
    return run


def open_run(path: Path) -> RunDirectory:
    """An existing run directory.

    Raises:
        UsageError: there is none, or a link in it leads out of it.
    """
    run = RunDirectory(path)
    hint = _KEPT
    try:
        there = run.config.is_file()
        missing = "" if there else "it has no config.toml" if path.exists() else "no such directory"
        if there:
            check_contained(path)
        else:
            hint = _runs_near(path)
    except (OSError, ValueError) as error:  # a name too long, no permission, a zero byte
        missing = getattr(error, "strerror", None) or str(error)
    if missing:
        raise UsageError(f"{path} is not a run: {missing}", hint=hint)
    return run


_KEPT = "runs are kept in `runs/` unless --out said otherwise"


def _runs_near(path: Path) -> str:
    """The run that was meant, most likely; else the newest in it, beside it, or where runs are kept by default."""
    configs = {file for folder in (path, path.parent, Path("runs")) for file in folder.glob("*/config.toml")}
    names = [str(file.parent) for file in sorted(configs, key=lambda file: file.stat().st_mtime, reverse=True)]
    near = "" if path.exists() else nearest(str(path), names).strip()
    return near or (f"the newest runs: {', '.join(names[:3])}" if names else _KEPT)


def _make(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    run = RunDirectory(path)
    if run.is_unfinished_fork or all(_left_by_a_start(child) for child in path.iterdir()):
        return path
    if run.config.exists():
        hint = f"`{run.to_resume}` goes on with the run that is there"
    else:
        hint = "it holds no run either: choose another place"
    raise UsageError(f"{path} is not empty", hint=hint)


def _left_by_a_start(path: Path) -> bool:
    """What a start makes before config.toml makes the directory a run; a kill may have left it."""
    if path.is_symlink():
        return False
    if path.name in ("samples", "checkpoints"):
        return path.is_dir() and not any(path.iterdir())
    return path.name in (LOCK, "environment.json") or path.name.startswith((".environment.json.", ".config.toml."))


def _make_unique(parent: Path, name: str) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    for suffix in itertools.chain([""], (f"-{number}" for number in itertools.count(2))):
        path = parent / f"{name}{suffix}"
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise AssertionError("count() does not end")
