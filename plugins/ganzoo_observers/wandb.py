"""Weights & Biases, offline unless told otherwise."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Literal

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.plugin import ObserverConfig, ObserverSpec
from ganzoo_observers.passing import needed, numbers_of, scores_of

NAME = "wandb"
IDENTITY = "wandb-id.txt"
"""In the run directory: a run that goes on is the same run there."""


class WandbConfig(ObserverConfig):
    """Which project, and whether anything leaves this machine."""

    project: str = "ganzoo"
    """Its project."""
    mode: Literal["offline", "online"] = "offline"
    """offline: files in the run directory, which `wandb sync` sends later. online: sent at once; needs an account."""


class Wandb(Observer):
    """Numbers, scores, grids, and a line for each event by its kind; the verdict and the status in the summary.

    Steps are an axis of their own, so that a run may go back to an earlier one.

    Args:
        config: of the project.
        run: the run directory.
    """

    def __init__(self, config: WandbConfig, run: Path) -> None:
        self.library: Any = needed(NAME, "wandb", NAME)  # Any: the library's own types, where it is installed
        self.config = config
        self.run = run
        self.step = 0
        self._session: Any = None

    def start(self, start: RunStart) -> None:
        """The run there begins, or goes on."""
        self.step = start.step
        self._session = self.library.init(
            project=self.config.project,
            name=self.run.name,
            id=self._identity(),
            resume="allow",
            dir=str(self.run),
            mode=self.config.mode,
            config=dict(start.config),
            notes=start.title,
            settings=self.library.Settings(silent=True, console="off"),
        )
        self._session.define_metric("*", step_metric="step")

    def tick(self, tick: Tick) -> None:
        """Each number under its own name."""
        self.step = tick.step
        self._log(tick.step, {f"training/{name}": value for name, value in numbers_of(tick).items()})
        self._session.summary["verdict"] = tick.verdict

    def event(self, event: Event) -> None:
        """Scores as numbers; whatever happened, as a line by its kind."""
        if scores := scores_of(event):
            self._log(event.step, {f"scores/{name}": value for name, value in scores.items()})
        self._log(event.step, {f"events/{event.kind}": event.message})

    def images(self, step: int, path: Path) -> None:
        """The grid."""
        self._log(step, {"samples": self.library.Image(str(path))})

    def end(self, status: str) -> None:
        """The run there ends."""
        if self._session is not None:
            self._session.summary["status"] = status
            self._session.finish(exit_code=0 if status != "failed" else 1)
            self._session = None

    def _log(self, step: int, values: dict[str, object]) -> None:
        self._session.log({"step": step, **values})

    def _identity(self) -> str:
        file = self.run / IDENTITY
        if not file.exists():
            file.write_text(secrets.token_hex(4), encoding="utf-8")
        return file.read_text(encoding="utf-8").strip()


SPEC = ObserverSpec(
    name=NAME,
    summary="Numbers, scores, grids and events to Weights & Biases, offline by default; needs the package wandb",
    source="https://docs.wandb.ai",
    config=WandbConfig,
    build=Wandb,
)
