"""Someone who watches a run: a terminal view, a logger, a notebook. Observers never change a run."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunStart:
    """What is known when training begins (or goes on).

    Attributes:
        path: the run directory.
        title: one line, `dcgan on avatars, 64 px, d-skip`.
        config: the resolved configuration as plain nested values.
        notes: lines the user should read first: images left out, a fallback taken.
        step: turns done already: 0 in a new run.
        images: real images seen already.
        total_images: where the run will end, in images.
        parameters: trainable parameters by role, `generator` and `discriminator`; empty where they are not known.
    """

    path: Path
    title: str
    config: Mapping[str, object]
    notes: tuple[str, ...]
    step: int
    images: int
    total_images: int
    parameters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tick:
    """The numbers read since the last tick, as written to metrics.jsonl.

    Attributes:
        step: turns done.
        images: real images seen.
        values: means over the tick, by name: `loss_discriminator`, `accuracy_real`, `skip_rate` ...
        images_per_s: real images a second since the last tick.
        verdict: the health verdict in a few words.
    """

    step: int
    images: int
    values: Mapping[str, float]
    images_per_s: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as written to events.jsonl.

    Attributes:
        kind: "decision", "verdict", "evaluation", "checkpoint", "configured", "resumed", "forked", "fault",
            "rollback", "memorising", "stopped", "note", "end" ...
        step: when.
        message: one line for a person.
        data: the same in plain values for a program.
    """

    kind: str
    step: int
    message: str
    data: Mapping[str, object] = field(default_factory=dict)


class Observer(ABC):  # noqa: B024 - every method has a neutral default
    """Told what happens; each method may be left out. One that raises is reported, and training goes on.

    `start` comes first and `end` last. Events of a run that goes on, or is forked, may be from before its start (which
    checkpoint it goes on from, say): they are told right after it.
    """

    def start(self, start: RunStart) -> None:
        """Training begins or goes on."""

    def tick(self, tick: Tick) -> None:
        """Numbers were read."""

    def event(self, event: Event) -> None:
        """Something happened."""

    def images(self, step: int, path: Path) -> None:
        """A grid of samples was written to `path`."""

    def end(self, status: str) -> None:
        """Training ended: "finished", "interrupted" or "failed"."""
