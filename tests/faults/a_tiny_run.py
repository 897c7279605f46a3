"""A run of a second, begun again and again by the tests of faults, and what two of them have in common."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import torch

import ganzoo
from ganzoo.contracts import Observer, Tick
from ganzoo.runs.logs import read_lines
from ganzoo.training.manifest import sha256

STEPS = 12
LEVERS = ("d-skip:threshold=0.6,smoothing=0.5", "lr-skew:ratio=0.5")
SETTINGS = {
    "training.precision": "fp32",
    "training.batch_size": 8,
    "data.image_size": 16,
    "data.horizontal_flip": True,
    "samples.count": 4,
    "samples.every_kimg": 0.04,
    "evaluation.every_kimg": 0.056,
    "evaluation.images": 16,
    "evaluation.budget": None,
    "checkpoints.every_kimg": 0.032,
    "checkpoints.every_minutes": None,
    "logging.tick_steps": 3,
}


def train(
    photos: Path,
    out: Path,
    *observers: Observer,
    steps: int = STEPS,
    balance: Sequence[str] = LEVERS,
    **more: object,
) -> Path:
    """A run directory."""
    torch.set_num_threads(1)
    options = {"preset": "try", "data": photos, "balance": balance, "metrics": ["ssim:pairs=4"]}
    settings = {**SETTINGS, **more}
    return ganzoo.run("dcgan", **options, settings=settings, steps=steps, out=out, observers=observers).path


def weights(run: Path) -> dict[str, str]:
    """sha256 of every network, and of the optimisers' and strategies' tensors, of the last checkpoint."""
    last = run / "checkpoints" / (run / "checkpoints" / "latest").read_text()
    return {path.name: sha256(path) for path in sorted(last.glob("*.safetensors"))}


def numbers(run: Path) -> list[dict[str, object]]:
    """metrics.jsonl without the wall clock."""
    return [{k: v for k, v in line.items() if k != "images_per_s"} for line in read_lines(run / "metrics.jsonl")]


def events(run: Path, kind: str) -> list[dict[str, object]]:
    """Events of one kind."""
    return [event for event in read_lines(run / "events.jsonl") if event["kind"] == kind]


class Signals(Observer):
    """Sends signals to this very process at a tick, as a user or a scheduler would."""

    def __init__(self, at: int, *signals: int) -> None:
        self.at = at
        self.signals = signals

    def tick(self, tick: Tick) -> None:
        if tick.step == self.at:
            for number in self.signals:
                os.kill(os.getpid(), number)
