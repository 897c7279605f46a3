"""Run directories as training would write them, of any length, made in a moment."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.config.writing import to_toml
from ganzoo.registry.catalogue import Catalogue
from ganzoo.runs.directory import RunDirectory


def config_of(catalogue: Catalogue) -> str:
    """config.toml of a run that differs from its recipe in two settings."""
    request = Request(recipe="dcgan", balance=["r1r2:gamma=3"], settings=["training.seed=7"])
    return to_toml(compose(request, catalogue))


def made_run(
    path: Path,
    config_text: str,
    ticks: int = 40,
    evaluations: int = 3,
    grids: int = 3,
    *,
    tick_steps: int = 25,
    spike: int | None = None,
    end: str | None = "finished",
    classes: tuple[str, ...] = (),
    grid_size: int = 64,
) -> RunDirectory:
    """Writes so many ticks, evaluations and grids of noise."""
    run = RunDirectory(path)
    run.samples.mkdir(parents=True)
    run.config.write_text(config_text)
    run.environment.write_text(json.dumps({"ganzoo": "0.1", "data": {"name": "avatars", "classes": list(classes)}}))
    lines = [_tick(index, tick_steps, index == spike) for index in range(1, ticks + 1)]
    run.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines))
    last = ticks * tick_steps
    events = [_event("note", 0, "4,096 images")]
    places = [round(last * (place + 1) / max(1, evaluations)) for place in range(evaluations)]
    events += [_evaluation(step, place) for place, step in enumerate(places)]
    events += [_event("end", last, end)] if end else []
    run.events.write_text("".join(json.dumps(event) + "\n" for event in sorted(events, key=lambda e: e["step"])))
    random = np.random.default_rng(0)
    for place in range(grids):
        pixels = random.integers(0, 256, (grid_size, grid_size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(run.sample(round(last * place / max(1, grids - 1))))
    return run


def _tick(index: int, tick_steps: int, spike: bool) -> dict[str, Any]:
    wave = 0.1 * math.sin(index / 7)
    values = {
        "loss_discriminator": 987.5 if spike else 0.6 + wave,
        "loss_generator": 0.9 - wave,
        "accuracy": 0.74,
        "accuracy_real": 0.75 + wave,
        "accuracy_fake": 0.73 - wave,
        "logit_real": 0.5 + wave,
        "logit_fake": -0.5 + wave,
        "gradient_norm_discriminator": 1.0 + wave,
        "gradient_norm_generator": 2.0 - wave,
        "learning_rate_discriminator": 1e-3,
        "learning_rate_generator": 1e-3,
        "skip_rate_discriminator": 0.1,
        "skip_rate_generator": 0.0,
        "loss_share_discriminator": 0.8,
        "loss_share_generator": 1.2,
    }
    step = index * tick_steps
    return {"step": step, "images": 64 * step, "values": values, "verdict": "healthy", "images_per_s": 400.0}


def _evaluation(step: int, place: int) -> dict[str, Any]:
    data = {
        "scores": {"fd": 900.0 / (place + 1), "kd": 3.0 / (place + 1)},
        "directions": {"fd": True, "kd": True},
        "floors": {"fd": 20.0},
        "standard_errors": {"kd": 0.03},
        "seconds": 5.0,
        "images": 64 * step,
    }
    return {"kind": "evaluation", "step": step, "message": "fd", "data": data}


def _event(kind: str, step: int, message: str, **data: object) -> dict[str, Any]:
    return {"kind": kind, "step": step, "message": message, "data": data}
