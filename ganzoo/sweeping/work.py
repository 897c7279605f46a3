"""A worker: claims runs, trains each in a process of its own, and tells what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.config.models import RunConfig
from ganzoo.config.writing import to_toml
from ganzoo.errors import Interrupted, UsageError
from ganzoo.runs.atomic import write_atomic
from ganzoo.sweeping.blame import REASONS, blamed, exit_code_of
from ganzoo.sweeping.plan import Key, Reason, State
from ganzoo.sweeping.process import CHILD, Process
from ganzoo.sweeping.record import Record
from ganzoo.sweeping.score import Measured
from ganzoo.sweeping.space import Space
from ganzoo.sweeping.trial import Outcome, Running, is_finished, run_directory
from ganzoo.training.interruption import stop_on_signals

if TYPE_CHECKING:
    from optuna import Trial

LOOK_S = 0.2
"""Between two looks at the processes."""
IDLE_S = 5.0
"""Between two looks at the record for something to do; what ends here is followed by another at once."""
LAST_WORDS_S = 60.0
"""A run that was told to leave finishes its step and saves; after that long it is ended."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a worker is to do.

    Attributes:
        record: shared with other workers.
        space: the settings.
        folder: the sweep's.
        score: as its goal names it.
        seed: of the first repeat.
        jobs: runs at once.
        environment: of each run's process.
        heartbeat_s: seconds between two signs of life, where others wait for them.
        tell: given a line about each thing that happens.
        child: the command that trains, before the run directory and the configuration.
    """

    record: Record
    space: Space
    folder: Path
    score: str
    seed: int
    jobs: int
    environment: Mapping[str, str]
    heartbeat_s: int
    tell: Callable[[str], None]
    child: Sequence[str] = CHILD


class Worker:
    """Does a job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._running: list[tuple[Trial, Running]] = []
        self._beaten = 0.0
        self._look_again = 0.0

    def work(self) -> None:
        """Until no run is left, here or elsewhere.

        Raises:
            Interrupted: a signal came; runs under way were saved.
        """
        try:
            with stop_on_signals() as stop:
                told = False
                while not told or self._running:
                    if stop.requested and not told:
                        told = True
                        for _, one in self._running:
                            one.stop()
                    self._live()
                    if not told and time.monotonic() >= self._look_again:
                        self._begin()
                        if not self._running and not self._others_work():
                            break
                    time.sleep(LOOK_S)
                    for trial, one in list(self._running):
                        self._follow(trial, one)
            if told:
                again = (
                    "the same command" if self._job.record.is_shared else f"ganzoo sweep --resume {self._job.folder}"
                )
                raise Interrupted("the sweep stopped; its runs are saved", hint=f"go on with: {again}")
        finally:
            self._leave()

    def _begin(self) -> None:
        job = self._job
        while len(self._running) < job.jobs and (claimed := job.record.claim()) is not None:
            trial, key, setting = claimed
            values = ", ".join(f"{name}={value}" for name, value in setting.items())
            try:
                config = job.space.config(setting, job.seed + key.repeat)
            except UsageError as error:
                job.record.fail(trial, REASONS[exit_code_of(blamed(error))], error.message)
                job.tell(f"{key.folder} {values}: {error.message}")
                continue
            directory = run_directory(job.folder, key)
            process = None
            if not is_finished(directory):
                job.tell(f"{key.folder} {'goes on' if directory.config.exists() else 'begins'}: {values}")
                process = self._started(key, directory.path, config)
            every = 1000 * (config.evaluation.every_kimg or 0.0)
            self._running.append((trial, Running(key, directory, job.score, every, process)))
        self._look_again = time.monotonic() + min(IDLE_S, job.heartbeat_s / 2)

    def _started(self, key: Key, run: Path, config: RunConfig) -> Process:
        job = self._job
        path = job.folder / "configs" / f"{key.folder}.toml"
        write_atomic(path, to_toml(config))
        return Process([*job.child, str(run), str(path)], job.folder / "logs" / f"{key.folder}.log", job.environment)

    def _follow(self, trial: Trial, one: Running) -> None:
        ended = one.ended
        for found in one.news():
            if not ended:  # what is over needs no judgement
                self._take(trial, one, found)
        if ended:
            self._running.remove((trial, one))
            self._look_again = 0.0
            self._settle(trial, one.key, one.outcome())

    def _take(self, trial: Trial, one: Running, found: Measured) -> None:
        place = one.place(found)
        if place is not None and self._job.record.is_hopeless(trial, place, found.value):
            one.prune()

    def _settle(self, trial: Trial, key: Key, outcome: Outcome) -> None:
        record, tell = self._job.record, self._job.tell
        if not record.has(trial):
            tell(f"{key.folder} was given to another worker")
        elif outcome.reason is not None:
            record.fail(trial, outcome.reason, outcome.message)
            tell(
                f"{key.folder} failed: {outcome.message}"
                if outcome.reason is not Reason.INTERRUPTED
                else f"{key.folder} stopped"
            )
        elif outcome.pruned:
            record.pruned(trial)
            tell(f"{key.folder} is not worth going on")
        elif outcome.last is not None:
            record.tell(trial, outcome.last)
            tell(f"{key.folder} {outcome.last.name} {outcome.last.value:.4g}")

    def _others_work(self) -> bool:
        """Whether a run may still fall to this worker: others have some, and may die over them."""
        record = self._job.record
        return record.is_shared and any(one.state in (State.RUNNING, State.WAITING) for one in record.tries())

    def _live(self) -> None:
        """Give a sign of life, and look for others' that is missing."""
        record, now = self._job.record, time.monotonic()
        if not record.is_shared or now - self._beaten < self._job.heartbeat_s / 2:
            return
        self._beaten = now
        for trial, one in self._running:
            record.beat(trial)
            if not record.has(trial):  # this worker stood still for so long that it was taken for dead
                one.stop()
        record.lay_down_the_silent()

    def _leave(self) -> None:
        """No process outlives its worker."""
        for _, one in self._running:
            one.stop()
        until = time.monotonic() + LAST_WORDS_S
        while any(not one.ended for _, one in self._running) and time.monotonic() < until:
            time.sleep(LOOK_S)
        for _, one in self._running:
            with suppress(OSError):
                one.kill()
