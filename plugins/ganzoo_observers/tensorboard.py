"""TensorBoard: event files in the run directory, `tensorboard --logdir runs`."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.plugin import ObserverConfig, ObserverSpec
from ganzoo_observers.passing import flat, needed, numbers_of, scores_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch.utils.tensorboard import SummaryWriter

NAME = "tensorboard"


class TensorBoardConfig(ObserverConfig):
    """Where the event files lie."""

    folder: str = NAME
    """Folder in the run directory, or an absolute path."""


class TensorBoard(Observer):
    """Scalars of each tick, scores, grids, the curves, every event as text, and the settings as hyperparameters.

    A run that goes on, or goes back to an earlier step, hides what it had written after that step.

    Args:
        config: where to.
        run: the run directory.
    """

    def __init__(self, config: TensorBoardConfig, run: Path) -> None:
        needed(NAME, "tensorboard", NAME)
        self.folder = run / config.folder  # an absolute folder replaces the run's
        self.run = run
        self.step = 0
        self.verdict = ""
        self.settings: dict[str, str | float | bool] = {}
        self.scores: dict[str, float] = {}
        self._writer: SummaryWriter | None = None

    @property
    def writer(self) -> SummaryWriter:
        """The event file that is open."""
        if self._writer is None:
            self.open(self.step)
        assert self._writer is not None  # just opened
        return self._writer

    def open(self, step: int) -> None:
        """A new event file: what older ones hold from this step on is hidden."""
        from torch.utils.tensorboard import SummaryWriter

        if self._writer is not None:
            self._writer.close()
        self.step = step
        self._writer = SummaryWriter(str(self.folder), purge_step=step + 1)

    def start(self, start: RunStart) -> None:
        """Settings and notes, as text."""
        self.open(start.step)
        self.settings = {name: plain(value) for name, value in flat(start.config)}
        rows = "\n".join(f"    {name} = {escape(str(value))}" for name, value in self.settings.items())
        self.writer.add_text("run/settings", f"{escape(start.title)}\n\n{rows}", start.step)

    def tick(self, tick: Tick) -> None:
        """Each number under its own name."""
        self.step = tick.step
        for name, value in numbers_of(tick).items():
            self.writer.add_scalar(f"training/{name}", value, tick.step)
        if tick.verdict != self.verdict:
            self.verdict = tick.verdict
            self.writer.add_text("doctor/verdict", escape(tick.verdict), tick.step)

    def event(self, event: Event) -> None:
        """Scores as scalars; whatever happened, as text by its kind."""
        if event.kind == "rollback" and isinstance(to := event.data.get("to"), int):
            self.open(to)
        self.step = max(self.step, event.step)
        for name, value in scores_of(event).items():
            self.scores[name] = value
            self.writer.add_scalar(f"scores/{name}", value, event.step)
        self.writer.add_text(f"events/{event.kind}", escape(event.message), event.step)
        self.writer.flush()

    def images(self, step: int, path: Path) -> None:
        """The grid."""
        self.writer.add_image("samples", pixels_of(path), step, dataformats="HWC")

    def end(self, status: str) -> None:
        """The curves as a picture, and the settings beside the last scores."""
        curves = self.run / "curves.png"
        if curves.is_file():
            self.writer.add_image("curves", pixels_of(curves), self.step, dataformats="HWC")
        self.writer.add_text("run/status", escape(status), self.step)
        scores = {f"last/{name}": value for name, value in self.scores.items()}
        self.writer.add_hparams(self.settings, scores, run_name=".", global_step=self.step)
        self.writer.close()
        self._writer = None


def plain(value: object) -> str | float | bool:
    """What the table of hyperparameters takes."""
    return value if isinstance(value, bool | int | float | str) else str(value)


def pixels_of(path: Path) -> NDArray[np.uint8]:
    """[H, W, C] of a PNG."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA" if "A" in image.mode else "RGB"))


SPEC = ObserverSpec(
    name=NAME,
    summary="Scalars, grids, curves, events and settings as TensorBoard's event files; needs the package tensorboard",
    source="https://www.tensorflow.org/tensorboard",
    config=TensorBoardConfig,
    build=TensorBoard,
)
