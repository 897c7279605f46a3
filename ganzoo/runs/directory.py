"""Where everything of a run lies."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganzoo.errors import UsageError
from ganzoo.runs.logs import read_lines


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """`runs/<recipe>-<data>-<time>/`; may be moved or renamed at will."""

    path: Path

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

    def sample(self, step: int) -> Path:
        """The grid of one step."""
        return self.samples / f"step-{step:08d}.png"

    def grids(self) -> list[tuple[int, Path]]:
        """All grids with their steps, in order."""
        return [
            (int(path.stem.removeprefix("step-")), path) for path in sorted(self.samples.glob("step-*.png"))
        ]

    def ticks(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl."""
        return list(read_lines(self.metrics))

    def evaluations(self) -> list[dict[str, Any]]:
        """The evaluations among the events, in order."""
        return [event for event in read_lines(self.events) if event.get("kind") == "evaluation"]


def create_run(out: Path | None, name: str) -> RunDirectory:
    """A new run directory: `out` itself, which must be new or empty, or `runs/<name>-<time>`.

    Raises:
        UsageError: it holds something already, or cannot be written.
    """
    name = re.sub(r"[^\w.-]+", "-", name)[:100]  # it may come from a folder's name, which may hold anything
    try:
        path = (
            _make(out)
            if out is not None
            else _make_unique(Path("runs"), f"{name}-{time.strftime('%Y%m%d-%H%M%S')}")
        )
        run = RunDirectory(path)
        run.samples.mkdir()
        run.checkpoints.mkdir()
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
        UsageError: there is none.
    """
    run = RunDirectory(path)
    if not run.config.is_file():
        missing = "no such directory" if not path.exists() else "it has no config.toml"
        raise UsageError(
            f"{path} is not a run: {missing}", hint="runs are kept in `runs/` unless --out said otherwise"
        )
    return run


def _make(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise UsageError(
            f"--out {path} is not empty", hint=f"`ganzoo resume {path}` goes on with a run that is there"
        )
    return path


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
