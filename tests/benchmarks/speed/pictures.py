"""Drawing many images, and the animation of a training."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import torch
from making import config_of, session_of
from measuring import Figure, Row, Scale, Target, by_turns, median_of, ratio, seconds
from PIL import Image
from training import Running

from ganzoo.api import write_samples
from ganzoo.data.named import load_named
from ganzoo.evaluation.quantise import quantise
from ganzoo.playing.trained import open_trained
from ganzoo.registry.catalogue import catalogue
from ganzoo.report.gif import write_gif
from ganzoo.report.grid import write_grid
from ganzoo.runs.directory import create_run
from ganzoo.training.starting import training_of, write_record

FRAMES, TILES = 200, 64
ROWS = (
    Row(
        "sample",
        "`ganzoo sample` to PNG files, images a second against a plain loop",
        Target(3, "x"),
        missed="on the line: the rounds lie on both sides of it; 3.59 in another run, on a machine without fast bf16",
    ),
    Row("gif-time", "a GIF of 200 frames of an 8 x 8 grid, 320 px", Target(10, " s", at_most=True)),
    Row("gif-size", "its size", Target(10, " MB", at_most=True)),
)


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """All rows."""
    with tempfile.TemporaryDirectory(dir=scale.work) as folder:
        yield "sample", _sampling(Path(folder), scale)
        yield from _animation(Path(folder), scale)


def _sampling(folder: Path, scale: Scale) -> Figure:
    """Images are those of a run of a few steps: smooth, as trained ones are."""
    session = session_of(64, 32)
    run = create_run(folder / "run", "run")
    write_record(session, run)
    running = Running(session)
    running.steps(scale.of(60, 5))()
    training = training_of(session, run, [], catalogue())
    training.moment = running.moment
    training.save()
    many, few = scale.of(1000, 300), scale.of(200, 60)
    ways = {
        "ganzoo": lambda: seconds(lambda: write_samples(run.path, folder / "drawn", many)) / many,
        "plain": lambda: seconds(lambda: _plain_loop(run.path, folder / "plain", few)) / few,
    }  # fmt: skip
    found = by_turns(ways, scale.rounds())
    per_second = {f"{name}_images_per_s": round(1 / float(np.median(times))) for name, times in found.items()}
    return ratio(found["plain"], found["ganzoo"], images=many, **per_second)


@torch.inference_mode()
def _plain_loop(path: Path, out: Path, count: int) -> None:
    """An image after the other: draw, quantise, encode, write."""
    out.mkdir(exist_ok=True)
    generator = open_trained(path, "latest", catalogue()).generator
    for index in range(count):
        image = quantise(generator(torch.randn(1, generator.latent_dim)))[0]
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(out / f"{index:05d}.png")


def _animation(folder: Path, scale: Scale) -> Iterator[tuple[str, Figure]]:
    frames = [(f"step {index:,}", _grid(folder, index)) for index in range(FRAMES)]
    path = folder / "training.gif"
    times = [seconds(lambda: write_gif(frames, path, 20, max_width=320)) for _ in range(scale.rounds())]
    yield "gif-time", median_of(times)
    yield "gif-size", median_of([path.stat().st_size / 1e6])


@cache
def _faces() -> np.ndarray:
    return load_named(config_of(64, 32).data, catalogue()).images


def _grid(folder: Path, index: int) -> Path:
    """Faces that come out of noise, and go on changing a little: 64 of 64 px.

    Harder than a training's grids, where most pixels move slowly: each frame has grain of its own.
    """
    images = _faces()
    random = np.random.default_rng(index)
    share = min(1.0, index / (0.6 * FRAMES))
    turn, part = divmod(index / 40, 1)
    one, other = (images[int(turn + step) * TILES :][:TILES].astype(np.float32) for step in (0, 1))
    faces = one + part * (other - one)
    start = np.random.default_rng(0).normal(127, 60, faces.shape).astype(np.float32)
    grain = random.normal(0, 3, faces.shape).astype(np.float32)
    path = folder / f"step-{index:05d}.png"
    write_grid((start + share * (faces - start) + grain).clip(0, 255).astype(np.uint8), path)
    return path
