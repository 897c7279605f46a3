"""Runs of no steps at all, saved once: with labels, without, and of points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import create_run
from ganzoo.training.session import build_session
from ganzoo.training.starting import training_of, write_record

SMALL = ("data.image_size=16", "training.precision=fp32", "evaluation.at_end=false", "evaluation.every_kimg=none")
CLASSES = ("<b>cats</b>", "dogs", "owls")


@pytest.fixture(scope="session")
def animals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small pictures of three classes, one of them named as no file can be."""
    folder = tmp_path_factory.mktemp("animals")
    random = np.random.default_rng(0)
    lines = ["file,label"]
    for label, name in enumerate(CLASSES):
        for index in range(12):
            pixels = random.integers(0, 256, (16, 16, 3), dtype=np.uint8) // 3 + 80 * np.uint8(label)
            Image.fromarray(pixels).save(folder / f"{label}-{index:02d}.png")
            lines.append(f"{label}-{index:02d}.png,{name}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder


def saved_run(out: Path, recipe: str, data: str, *settings: str) -> Path:
    torch.set_num_threads(1)
    preset = "try" if recipe == "dcgan" else None
    metrics = ["ssim:pairs=20"] if recipe == "dcgan" else []
    small = SMALL if recipe == "dcgan" else ()
    request = Request(recipe=recipe, preset=preset, data=data, metrics=metrics, settings=(*small, *settings))
    session = build_session(compose(request, catalogue()), catalogue())
    run = create_run(out, "run")
    write_record(session, run)
    training_of(session, run, [], catalogue()).save()
    return run.path


@pytest.fixture(scope="session")
def plain_run(animals: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unconditional."""
    return saved_run(tmp_path_factory.mktemp("runs") / "plain", "dcgan", str(animals))


@pytest.fixture(scope="session")
def labelled_run(animals: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conditional on three classes."""
    return saved_run(tmp_path_factory.mktemp("runs") / "labelled", "dcgan", str(animals), "data.labels=true")


@pytest.fixture(scope="session")
def run_of_points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generator that makes points in the plane."""
    return saved_run(tmp_path_factory.mktemp("runs") / "points", "mlp", "ring8")
