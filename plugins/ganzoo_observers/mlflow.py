"""MLflow, in a store of the run's own unless told otherwise."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.plugin import ObserverConfig, ObserverSpec
from ganzoo_observers.passing import flat, needed, numbers_of, scores_of

NAME = "mlflow"
IDENTITY = "mlflow-id.txt"
"""In the run directory: a run that goes on is the same run there."""
LONGEST_SETTING = 500
SETTINGS_AT_ONCE = 100
STATUSES = {"finished": "FINISHED", "interrupted": "KILLED", "failed": "FAILED"}


class MLflowConfig(ObserverConfig):
    """Which store and which experiment."""

    store: str = "none"
    """A tracking URI, `sqlite:///experiments.db` or a server's; none: `mlflow.db` in the run directory."""
    experiment: str = "ganzoo"
    """Its experiment."""


class MLflow(Observer):
    """Numbers and scores as metrics, settings as parameters, grids and curves as artifacts, the verdict as a tag.

    Args:
        config: of the store.
        run: the run directory.
    """

    def __init__(self, config: MLflowConfig, run: Path) -> None:
        self.library: Any = needed(NAME, "mlflow", NAME)  # Any: the library's own types, where it is installed
        self.config = config
        self.run = run.absolute()
        self._client: Any = None
        self._id = ""

    def start(self, start: RunStart) -> None:
        """The run there begins, or goes on."""
        in_the_run = self.config.store == "none"
        store = f"sqlite:///{(self.run / 'mlflow.db').as_posix()}" if in_the_run else self.config.store
        self._client = self.library.MlflowClient(tracking_uri=store)
        self._id = self._identity((self.run / "mlartifacts").as_uri() if in_the_run else None)
        self._client.set_tag(self._id, "title", start.title)
        entities = self.library.entities
        settings = [entities.Param(name, str(value)[:LONGEST_SETTING]) for name, value in flat(start.config)]
        known = self._client.get_run(self._id).data.params
        new = [setting for setting in settings if setting.key not in known]  # there a setting is written once
        for first in range(0, len(new), SETTINGS_AT_ONCE):
            self._client.log_batch(self._id, params=new[first : first + SETTINGS_AT_ONCE])

    def tick(self, tick: Tick) -> None:
        """Each number under its own name."""
        self._log({f"training/{name}": value for name, value in numbers_of(tick).items()}, tick.step)
        self._client.set_tag(self._id, "verdict", tick.verdict)

    def event(self, event: Event) -> None:
        """Scores as metrics; the rest is in events.txt, which is written with each grid."""
        self._log({f"scores/{name}": value for name, value in scores_of(event).items()}, event.step)

    def images(self, step: int, path: Path) -> None:
        """The grid, and what happened until now."""
        self._client.log_artifact(self._id, str(path), "samples")
        self._client.log_text(self._id, "".join(happened(self.run)), "events.txt")

    def end(self, status: str) -> None:
        """Events and curves; the run there ends."""
        if self._client is None:
            return
        self._client.log_text(self._id, "".join(happened(self.run)), "events.txt")
        if (self.run / "curves.png").is_file():
            self._client.log_artifact(self._id, str(self.run / "curves.png"))
        self._client.set_terminated(self._id, STATUSES.get(status, "FAILED"))
        self._client = None

    def _log(self, values: dict[str, float], step: int) -> None:
        now = int(time.time() * 1000)
        finite = {name: value for name, value in values.items() if math.isfinite(value)}  # a database takes no NaN
        metrics = [self.library.entities.Metric(name, value, now, step) for name, value in finite.items()]
        if metrics:
            self._client.log_batch(self._id, metrics=metrics)

    def _identity(self, artifacts: str | None) -> str:
        file = self.run / IDENTITY
        if file.exists():
            found = file.read_text(encoding="utf-8").strip()
            self._client.update_run(found, status="RUNNING")
            return found
        experiment = self._client.get_experiment_by_name(self.config.experiment)
        where = (
            experiment.experiment_id
            if experiment is not None
            else self._client.create_experiment(self.config.experiment, artifact_location=artifacts)
        )
        made: str = self._client.create_run(where, run_name=self.run.name).info.run_id
        file.write_text(made, encoding="utf-8")
        return made


def happened(run: Path) -> Iterator[str]:
    """Lines of events.txt, `1500<tab>verdict<tab>healthy`; from the run's own record, which remembers over a resume.

    Args:
        run: the run directory; of one without a record there are none.
    """
    record = run / "events.jsonl"
    if not record.is_file():
        return
    with record.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a line that a kill cut short
            yield f"{event['step']}\t{event['kind']}\t{event['message']}\n"


SPEC = ObserverSpec(
    name=NAME,
    summary="Numbers, scores, settings and grids to MLflow, a file in the run by default; needs the package mlflow",
    source="https://mlflow.org/docs/latest",
    config=MLflowConfig,
    build=MLflow,
)
