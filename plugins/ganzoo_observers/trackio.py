"""Trackio: a local dashboard, `trackio show`."""

from __future__ import annotations

import secrets
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.plugin import ObserverConfig, ObserverSpec
from ganzoo_observers.passing import flat, needed, numbers_of, scores_of

NAME = "trackio"
IDENTITY = "trackio-id.txt"
"""In the run directory: a run that goes on is the same run there, and another of its name is another."""


class TrackioConfig(ObserverConfig):
    """Which project; it lies where Trackio keeps them, which its variable TRACKIO_DIR sets."""

    project: str = "ganzoo"
    """Its project."""


class Trackio(Observer):
    """Numbers, scores and grids by step, events as text; a run that goes on is the same run there.

    Args:
        config: of the project.
        run: the run directory.
    """

    def __init__(self, config: TrackioConfig, run: Path) -> None:
        self.library: Any = needed(NAME, "trackio", NAME)  # Any: the library's own types, where it is installed
        self.config = config
        self.run = run
        self._session: Any = None

    def start(self, start: RunStart) -> None:
        """The run there begins, or goes on."""
        settings = {
            name: value if isinstance(value, int | float | str) else str(value) for name, value in flat(start.config)
        }
        name = self._identity()
        with redirect_stdout(sys.stderr):  # it greets; what ganzoo prints may be read by a program
            self._session = self.library.init(
                project=self.config.project, name=name, config=settings, resume="allow", embed=False
            )

    def tick(self, tick: Tick) -> None:
        """Each number under its own name, and the verdict."""
        values = {f"training/{name}": value for name, value in numbers_of(tick).items()}
        self._session.log({**values, "verdict": tick.verdict}, step=tick.step)

    def event(self, event: Event) -> None:
        """Scores as numbers; whatever happened, as a line by its kind."""
        scores = {f"scores/{name}": value for name, value in scores_of(event).items()}
        self._session.log({**scores, f"events/{event.kind}": event.message}, step=event.step)

    def images(self, step: int, path: Path) -> None:
        """The grid."""
        self._session.log({"samples": self.library.Image(str(path))}, step=step)

    def end(self, status: str) -> None:
        """The run there ends."""
        if self._session is not None:
            self._session.log({"status": status})
            with redirect_stdout(sys.stderr):
                self._session.finish()
            self._session = None

    def _identity(self) -> str:
        """The run's name there, which is all that tells two runs apart."""
        file = self.run / IDENTITY
        if not file.exists():
            file.write_text(f"{self.run.absolute().name}-{secrets.token_hex(4)}", encoding="utf-8")
        return file.read_text(encoding="utf-8").strip()


SPEC = ObserverSpec(
    name=NAME,
    summary="Numbers, scores, grids and events to Trackio's local dashboard; needs the package trackio",
    source="https://github.com/gradio-app/trackio",
    config=TrackioConfig,
    build=Trackio,
)
