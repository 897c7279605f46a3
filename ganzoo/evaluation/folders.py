"""Images from files in the place of generated ones: any folder, zip or data set is scored against any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ganzoo.config.evaluating import data_section, metrics_section
from ganzoo.contracts.dataset import Points
from ganzoo.data.named import load_named
from ganzoo.data.shown import plain
from ganzoo.errors import UsageError
from ganzoo.evaluation.evaluator import build_evaluator
from ganzoo.evaluation.quantise import dequantise
from ganzoo.evaluation.reals import choose
from ganzoo.evaluation.result import Evaluation
from ganzoo.evaluation.sizes import LEAST_SIZE, Sizes, sizes_of
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind

if TYPE_CHECKING:
    from ganzoo.data.store import ImageStore
    from ganzoo.evaluation.evaluator import Draw


def evaluate_files(
    scored: str,
    against: str,
    catalogue: Catalogue,
    device: torch.device,
    *,
    metrics: Sequence[str] = (),
    images: int | None = None,
    image_size: int | None = None,
) -> Evaluation:
    """Score images from files against others; no model is needed.

    Both sides are brought to one square size by the data layer: the middle square, Pillow's antialiased bicubic. An
    image that has the size already keeps its exact values. The size is that of the scored images, as a generator's
    would be.

    Args:
        scored: a folder, a zip, or the name of a data set: what takes the place of generated images.
        against: likewise: the reals.
        catalogue: where data sets and metrics are looked up.
        device: where backbones compute.
        metrics: names with settings; empty: ganzoo's default metrics.
        images: how many are scored, and at most as many reals; None: all that are scored.
        image_size: pixels; None: the median shorter side of the scored images.

    Raises:
        UsageError: no such data, no images in it, or too few for a metric.
    """
    found = _sizes(scored, catalogue)
    size = image_size if image_size is not None else found.side
    section = data_section(scored, size, "what is evaluated", catalogue)
    store = load_named(section, catalogue)
    reals = load_named(data_section(against, size, "--against", catalogue), catalogue)
    count = min(len(store), images if images is not None else len(store))
    evaluator = build_evaluator(metrics_section(metrics, count, catalogue), catalogue, reals, device)
    transform = f"{size} px, {section.channels} channels, {section.fit}"
    evaluation = evaluator(draw_files(store, count), file_stamp(transform))
    kept = found.uniform and found.side == size
    how = f"{size} px" if kept else f"brought to {size} px: the middle square, antialiased bicubic"
    notes = [
        f"{count:,} images of {plain(store.name)}, {how}; against {min(count, len(reals)):,} of {plain(reals.name)}",
        *(f"{plain(side.name)}: {note}" for side in (store, reals) for note in _left_out(side)),
    ]
    if images is not None and images > len(store):
        notes.append(f"{images:,} images were asked for; there are {len(store):,}")
    return replace(evaluation, notes=(*notes, *evaluation.notes))


def file_stamp(transform: str) -> dict[str, str]:
    """What takes the place of training's stamp in the protocol: nothing was generated here."""
    none = "none: images from files"
    return {
        "weights": none,
        "batch_norm": none,
        "generation_precision": none,
        "split": "whole data set, held-out images included",
        "transform": transform,
    }


def draw_files(store: ImageStore, count: int) -> Draw:
    """Images as a generator would give them: float in [-1, 1], which quantise to the bytes they came from.

    Args:
        store: the images, [N, H, W, C] uint8.
        count: how many will be asked for, at most N: all, or a fixed random choice of them.
    """
    chosen = choose(len(store), count)

    def draw(start: int, count: int) -> Tensor:
        pixels = np.ascontiguousarray(store.images[chosen[start : start + count]])
        return dequantise(torch.from_numpy(pixels).permute(0, 3, 1, 2))

    return draw


def _sizes(text: str, catalogue: Catalogue) -> Sizes:
    section = data_section(text, LEAST_SIZE, "what is evaluated", catalogue)
    source = catalogue.find(Kind.DATASET, section.source.kind).build(section.source.settings)
    assert not isinstance(source, Points)  # `data_section` takes none
    sizes = sizes_of(source, section.max_pixels)
    if sizes is None:
        raise UsageError(
            f"`{plain(text)}` holds no image that can be read",
            hint="give a run, a checkpoint, or a folder or zip of images: PNG, JPEG, WebP, GIF, BMP, TIFF",
        )
    return sizes


def _left_out(store: ImageStore) -> list[str]:
    return [*([store.report()] if store.skipped else []), *store.notes]
