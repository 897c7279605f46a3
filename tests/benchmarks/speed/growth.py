"""How cost grows with the image, the width, the batch and the data set."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from making import session_of
from measuring import Figure, Row, Scale, median_of, seconds
from training import Running

from ganzoo.data.batches import Batches
from ganzoo.data.store import ImageStore
from ganzoo.training.memory import keep_freed_memory

AXES = {
    "image size": (16, 32, 64, 128, 256),
    "width": (16, 32, 64, 128),
    "batch": (8, 16, 32, 64, 128, 256),
    "images": (1_000, 10_000, 100_000, 1_000_000),
}
"""What varies. The last axis is measured by taking batches; a step does not know how many images there are."""
FIXED = {"image size": 64, "width": 32, "batch": 64}
BLOCK_S, ROUNDS = 1.0, 3
"""Less than where ways are compared: there are many rows, and what they show are factors of two."""
BYTES_SIZE = 8
"""Pixels of the synthetic images of the last axis: what grows with their number is their order, and the memory that
they are taken from."""
ROWS = tuple(
    Row(f"{axis}-{value}", f"{axis} {value:,}", None, unit=" ms an image")
    for axis, values in AXES.items()
    for value in values
)


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """Milliseconds an image, of a step or of taking a batch."""
    keep_freed_memory()
    for axis, values in AXES.items():
        for value in values[: scale.of(len(values), 2)]:
            at = {**FIXED, axis: value}
            times = _of_batches(at, scale) if axis == "images" else _of_steps(at, scale)
            yield f"{axis}-{value}", median_of([1000 * time for time in times])


def _of_steps(at: dict[str, int], scale: Scale) -> list[float]:
    session = session_of(at["image size"], at["width"], f"training.batch_size={at['batch']}")
    running = Running(session)
    running.steps(1)()
    count = scale.block(running.steps(1)(), 64, 16, BLOCK_S)
    return [running.steps(count)() / at["batch"] for _ in range(ROUNDS)]


def _of_batches(at: dict[str, int], scale: Scale) -> list[float]:
    images = np.random.default_rng(0).integers(256, size=(at["images"], BYTES_SIZE, BYTES_SIZE, 3), dtype=np.uint8)
    batches = Batches(ImageStore(images, None, (), "synthetic", "synthetic"), seed=0)
    batch, count = at["batch"], scale.of(500, 50)
    batches.take(0, batch)

    def take(first: int) -> None:
        for index in range(first, first + count):
            batches.take(index * batch, batch)

    return [seconds(partial(take, round_ * count)) / count / batch for round_ in range(scale.rounds())]


def plot(found: dict[str, float], path: Path) -> None:
    """Each axis from its smallest value on: time an image as a factor, against the value as a factor."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(drawing)
    axes = drawing.subplots()
    for (axis, whole), marker in zip(AXES.items(), "os^D", strict=True):
        values = [value for value in whole if f"{axis}-{value}" in found]
        if not values:
            continue
        times = [found[f"{axis}-{value}"] for value in values]
        label = f"{axis}, {values[0]:,} to {values[-1]:,}"
        axes.loglog([v / values[0] for v in values], [t / times[0] for t in times], marker=marker, label=label)
    axes.set_xlabel("times the smallest value")
    axes.set_ylabel("times the time an image takes")
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    drawing.savefig(path, dpi=110)
