"""Going back: when, to which checkpoint, and what is different the second time.

A step is a function of the checkpoint and its number, so the same path would end in the same place. A return lowers
both rates and counts an attempt, which is part of the key of every draw. Both are in the checkpoint that is written
at once: a run that is killed and resumed goes the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganzoo.config.conditions import ailment_named
from ganzoo.config.models import TrainingSection
from ganzoo.contracts.ailments import Ailment
from ganzoo.errors import UsageError
from ganzoo.health.doctor import Verdict
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.logs import JsonLines, record_of
from ganzoo.training.checkpoints import Checkpoint, load_checkpoint
from ganzoo.training.randomness import key
from ganzoo.training.step import AdversarialStep

LANDMARKS = 2
"""Planned checkpoints that are kept to go back to, however many others are written between them."""


class Rollbacks:
    """Remembers where it is good to go back to, and how often that was done.

    Only checkpoints whose place follows from the configuration are landmarks: one written because a clock or a signal
    said so would make the way on depend on it.

    Attributes:
        landmarks: steps of the planned checkpoints, ascending.
        attempt: returns so far.
        rate: factor on both learning rates.
    """

    def __init__(self, training: TrainingSection) -> None:
        self.training = training
        self.landmarks: list[int] = []
        self.attempt = 0
        self.rate = 1.0
        self._on_faults = 0
        self._on_verdicts = 0
        self._last: int | None = None
        self._ill_since: dict[int, int] = {}

    def mark(self, step: int) -> None:
        """A planned checkpoint is written at this step."""
        self.landmarks = [*(mark for mark in self.landmarks if mark < step), step]

    def answers(self, verdict: Verdict) -> bool:
        """Whether this verdict sends the run back."""
        named = verdict.name in set(Ailment) and ailment_named(verdict.name) in self.training.rollback.on
        return named and self._on_verdicts < self.training.rollback.at_most

    @property
    def may_retry(self) -> bool:
        """Whether updates that are not finite send it back once more."""
        return self._on_faults < self.training.retries

    def was_ill(self, step: int, attempt: int) -> bool:
        """Whether the run went back from an ailment that it had at this step of an earlier attempt."""
        return step >= self._ill_since.get(attempt, step + 1)

    def targets(self, best: int | None, before: int | None, now: int) -> Iterator[int]:
        """Steps to go back to, the most promising first.

        Args:
            best: step of the best checkpoint; of an earlier attempt, it may be one that this one has not come to.
            before: the step since which the run is ill: the best that is older, then landmarks that are. None: the
                newest, but not twice the same in a row where there is an older one.
            now: the present step; what is not older is no way back.
        """
        best = best if best is not None and best < now else None
        if before is not None:
            found = [best] if best is not None and best < before else []
            yield from [*found, *(mark for mark in reversed(self.landmarks) if mark < before and mark != best)]
            return
        newest_first = sorted({*self.landmarks, *([] if best is None else [best])}, reverse=True)
        yield from (step for step in newest_first if step != self._last)
        if self._last is not None and self._last in newest_first:
            yield self._last

    def went_back(self, to: int, *, ill_since: int | None) -> None:
        """The run stands at `to` again, because of what it had since a step; None: because of faults."""
        self._on_verdicts += ill_since is not None
        self._on_faults += ill_since is None
        if ill_since is not None:
            self._ill_since[self.attempt] = ill_since
        self.attempt += 1
        self.rate *= self.training.rollback.rate
        self.landmarks = [mark for mark in self.landmarks if mark <= to]
        self._last = to

    def step(self, first: AdversarialStep) -> AdversarialStep:
        """The step of this attempt: other draws, lower rates; the first attempt's is the one given."""
        if self.attempt == 0:
            return first
        return replace(first, seed=key(first.seed, "attempt", self.attempt), rate=self.rate)

    def state_dict(self) -> dict[str, object]:
        """Plain values."""
        return {
            "landmarks": self.landmarks,
            "attempt": self.attempt,
            "rate": self.rate,
            "on_faults": self._on_faults,
            "on_verdicts": self._on_verdicts,
            "last": self._last,
            "ill_since": {str(attempt): step for attempt, step in self._ill_since.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on in the same attempt."""
        self.landmarks = [int(step) for step in state["landmarks"]]
        self.attempt, self.rate = int(state["attempt"]), float(state["rate"])
        self._on_faults, self._on_verdicts = int(state["on_faults"]), int(state["on_verdicts"])
        self._last = state["last"]
        self._ill_since = {int(attempt): int(step) for attempt, step in state["ill_since"].items()}


def lengths_at(run: RunDirectory, step: int, lengths: Mapping[str, Any]) -> dict[str, int]:
    """Bytes of both logs that belong to a checkpoint.

    Args:
        run: where the logs are.
        step: the checkpoint's.
        lengths: as the checkpoint remembers them. Where the run has gone back since, metrics.jsonl was written anew,
            and what belongs to it are the lines up to its step.
    """
    found = {name: int(size) for name, size in lengths.items()}
    with run.events.open("rb") as file:
        file.seek(min(max(0, found["events"]), run.events.stat().st_size))
        later = [record_of(line) for line in file]
    if any(record is not None and record.get("kind") == "rollback" for record in later):
        found["metrics"] = JsonLines(run.metrics).size_up_to(step)
    return found


def load_good(
    folder: Path, steps: Iterator[int], expected: Mapping[str, Mapping[str, Tensor]]
) -> tuple[int, Checkpoint] | None:
    """The first of the steps whose checkpoint is there, whole, of these networks, and finite throughout."""
    for step in steps:
        try:
            checkpoint = load_checkpoint(folder / f"step-{step:08d}", expected)
        except UsageError:
            continue
        if all(torch.isfinite(tensor).all() for parts in checkpoint.networks.values() for tensor in parts.values()):
            return step, checkpoint
    return None
