"""What the loop adds to its kernels: deciding, checking, recording.

The loop is a real run's. After each of its steps comes one of the bare script, outside the clock of the loop: both see
the same machine.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bare import ALL, BareLoop
from making import BATCH, folder_of_faces, session_of
from measuring import Figure, Row, Scale, Target, median_of, seconds

from ganzoo.contracts import Moment
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import create_run
from ganzoo.training.starting import training_of, write_record
from ganzoo.training.step import AdversarialStep
from ganzoo.training.turn import Turn

WIDTH, QUICK_WIDTH = 32, 16
ROWS = (
    Row(
        "overhead",
        "the loop over the same kernels in a bare script: health, events, `d-skip` and `lr-skew`, ticks",
        Target(3, "%", at_most=True),
    ),
)
QUIET = ("samples.every_kimg=1e6", "checkpoints.every_kimg=100000", "checkpoints.every_minutes=none")


class Between:
    """Stands in the place of a run's step: times the loop from step to step, and the bare script in between."""

    def __init__(self, step: AdversarialStep, bare: BareLoop) -> None:
        self._step, self._bare = step, bare
        self._left: float | None = None
        self.loop: list[float] = []
        self.script: list[float] = []

    def __call__(self, moment: Moment) -> Turn:
        turn = self._step(moment)
        now = time.perf_counter()
        if self._left is not None:
            self.loop.append(now - self._left)
            self._bare()
            self.script.append(time.perf_counter() - now)
        else:
            self._bare()
        self._left = time.perf_counter()
        return turn

    def __getattr__(self, name: str) -> Any:  # Any: whatever the step has
        return getattr(self._step, name)


def _bare_step(folder: Path, width: int) -> float:
    """Seconds of one, the second."""
    bare = BareLoop(ALL, session_of(64, width, data=folder).store, folder, width, average=True)
    bare()
    return seconds(bare)


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """The row."""
    folder, blocks = folder_of_faces(scale.work, 64, 2048), scale.rounds()
    width = scale.of(WIDTH, QUICK_WIDTH)
    block = scale.block(_bare_step(folder, width), 30, 10)
    steps = block * (blocks + 1) + 1
    settings = (f"training.steps={steps}", *QUIET)
    balance = ["d-skip:measure=logit-gap,threshold=1e9", "lr-skew"]  # d-skip looks at each batch and refuses none
    session = session_of(64, width, *settings, data=folder, balance=balance)
    with tempfile.TemporaryDirectory() as temporary:
        run = create_run(Path(temporary) / "run", "run")
        write_record(session, run)
        training = training_of(session, run, [], catalogue())
        between = Between(training.step, BareLoop(ALL, session.store, folder, width, average=True))
        training.step = between  # type: ignore[assignment]  # it answers as the step does
        training.train()
    samples = []
    for start in range(block, steps - 1, block):  # the first block warms up
        some = slice(start, start + block)
        samples.append(100 * (sum(between.loop[some]) / sum(between.script[some]) - 1))
    yield "overhead", median_of(samples, step_ms=round(1000 * sum(between.loop) / len(between.loop), 1), batch=BATCH)
