"""Sessions of every architecture, so small that a step takes a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.training.session import Session, build_session

NARROW: dict[str, object] = {
    "width": 8,
    "latent_dim": 8,
    "style_dim": 8,
    "mapping_layers": 2,
    "attention_size": 8,
    "blocks": 1,
}
"""Small settings, for those that have them: what is checked are the rules, not the strength."""
BATCH = 8


def write_few_images(folder: Path) -> Path:
    """Twenty-four small pictures with two labels."""
    random = np.random.default_rng(0)
    for index in range(24):
        path = folder / "ab"[index % 2] / f"{index:02d}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(random.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(path)
    return folder


def small_settings(recipe: str, preset: str | None = None, **kinds: str) -> dict[str, object]:
    """The settings above for the networks of a recipe, or those of `generator=`, `discriminator=`."""
    config = compose(Request(recipe=recipe, preset=preset), catalogue())
    chosen: dict[str, object] = {"training.batch_size": BATCH, "data.image_size": 32, "training.precision": "fp32"}
    for role, kind in (("generator", Kind.GENERATOR), ("discriminator", Kind.DISCRIMINATOR)):
        name = kinds.get(role, getattr(config, role).kind)
        chosen[f"{role}.kind"] = name
        fields = catalogue().find(kind, name).config.model_fields
        chosen |= {f"{role}.{field}": value for field, value in NARROW.items() if field in fields}
    return chosen


def composed(images: Path, recipe: str, settings: dict[str, object], preset: str | None = None) -> RunConfig:
    """The configuration, with no metrics."""
    options = [Override(path, value, "the test") for path, value in settings.items()]
    config = compose(Request(recipe=recipe, preset=preset, data=str(images), options=options), catalogue())
    return config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})


def ready(images: Path, recipe: str, settings: dict[str, object], preset: str | None = None) -> Session:
    """A session that has not taken a step."""
    return build_session(composed(images, recipe, settings, preset), catalogue())
