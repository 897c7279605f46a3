"""A run on disk, as scripts see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.logs import read_lines

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contracts import Generator
    from ganzoo.playing.trained import Trained


@dataclass(frozen=True)
class Run:
    """A run on disk: what it measured, what it drew, and its generator.

    Attributes:
        path: the run directory.
    """

    path: Path

    @property
    def directory(self) -> RunDirectory:
        """Where each file lies."""
        return RunDirectory(self.path)

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The numbers of each tick: `{"step", "images", "values": {...}, "verdict", "images_per_s"}`."""
        return self.directory.ticks()

    @property
    def scores(self) -> dict[str, float]:
        """The last evaluation's scores by name; empty before the first."""
        return dict(self._evaluated.get("scores", {}))

    @property
    def shown_scores(self) -> dict[str, str]:
        """The same as people read them: `1.23 ± 0.04 (floor 0)`, with what is known."""
        from ganzoo.evaluation.result import format_score

        found = self._evaluated
        return {
            name: format_score(value, found["standard_errors"].get(name), found["floors"].get(name))
            for name, value in found.get("scores", {}).items()
        }

    @property
    def _evaluated(self) -> dict[str, Any]:
        """Data of the last evaluation; {} before the first."""
        evaluations = self.directory.evaluations()
        return evaluations[-1]["data"] if evaluations else {}

    @property
    def memorising(self) -> dict[str, Any]:
        """What the last search for copies of training images found, `{"share": 0.008, ...}`; or {}."""
        found = [event for event in read_lines(self.directory.events) if event.get("kind") == "memorising"]
        if not found:
            return {}
        data = found[-1].get("data")
        return {"message": str(found[-1].get("message", "")), **(data if isinstance(data, dict) else {})}

    @property
    def report(self) -> dict[str, Path]:
        """The files to look at: the page, the last grid, the GIF, the curves; those that exist."""
        grids = self.directory.grids()
        directory = self.directory
        files = {
            "page": directory.report,
            "gif": directory.gif,
            "curves": directory.curves,
            "neighbours": directory.neighbours,
        }
        if grids:
            files = {"page": files["page"], "samples": grids[-1][1], **files}
        return {name: path for name, path in files.items() if path.exists()}

    @cached_property
    def _trained(self) -> Trained:
        from ganzoo.playing.trained import open_trained
        from ganzoo.registry.catalogue import catalogue
        from ganzoo.training.checkpoints import LATEST

        return open_trained(self.path, LATEST, catalogue())

    @property
    def generator(self) -> Generator:
        """The averaged generator of the last checkpoint, in eval mode, ready to sample from; loaded once."""
        return self._trained.generator

    def sample(self, count: int = 64, seed: int = 0) -> Tensor:
        """Images [count, C, H, W] uint8, or points [count, dim, 1, 1] float32; the same seed gives the same ones.

        Raises:
            UsageError: no image is asked for, or there is no whole checkpoint.
        """
        from ganzoo.playing.sampling import sample

        return sample(self._trained, count, seed)
