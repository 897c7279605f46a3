"""At the end of a run: does its generator repeat the images it was trained on?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganzoo.contracts import Event, FeatureExtractor
from ganzoo.data.cache import cache_root
from ganzoo.data.split import split
from ganzoo.evaluation.featured import FeaturedImages
from ganzoo.evaluation.memorising import EXPECTED, Neighbours, distinct, nearest_neighbours
from ganzoo.evaluation.quantise import quantise
from ganzoo.evaluation.reals import choose, load
from ganzoo.evaluation.scorers import default_backbone
from ganzoo.evaluation.smoothing import WIDTH, smoothed
from ganzoo.evaluation.statistics import StatisticsCache, content_key
from ganzoo.registry.catalogue import catalogue
from ganzoo.report.neighbours import write_neighbours
from ganzoo.training.sampling import draw_images

if TYPE_CHECKING:
    from ganzoo.training.loop import Training
    from ganzoo.training.session import Session

VERSION = 2
"""Raised when the same images give other features here than before."""
SEARCHED = 2
"""Training images searched for each image that an evaluation compares: 4,096 by default."""
GENERATED_SHARE, MOST_GENERATED = 4, 512
"""A quarter of an evaluation's generated images is looked at, and no more than so many: features cost time."""
READ = 64
"""Training images in memory at once: of 4,096 large ones only what is left of them when smoothed would fit."""
PAIRS = 16
"""Pairs in the picture and in the record, the nearest."""


@dataclass(frozen=True, slots=True)
class Searched:
    """The training images a copy is looked for among.

    Attributes:
        indices: [M] in the store, ascending, each image once.
        features: [M, D] float32 of the smoothed images.
        trained_on: how many images the generator was trained on.
    """

    indices: NDArray[np.int64]
    features: Tensor
    trained_on: int


def look_for_copies(training: Training) -> None:
    """Write an event "memorising" and `neighbours.png`. What it raises is for the loop's guard.

    Nothing is done where the run is not scored at its end, where `evaluation.memorising` is off, on points, and on
    other ranks than 0.
    """
    session, section = training.session, training.session.effective.evaluation
    wanted = section.memorising and section.at_end and session.evaluator is not None and training.ranks.leads
    if not wanted or session.store.shape.is_points:
        return

    def say(kind: str, message: str, data: dict[str, object] | None = None) -> None:
        training.journal.event(Event(kind, training.moment.step, message, data or {}))

    start = time.perf_counter()
    backbone = default_backbone(section, catalogue())
    if backbone is None:
        return
    notes: list[str] = []
    reals = _searched(session, backbone, StatisticsCache(cache_root() / "statistics", notes.append))
    count = min(MOST_GENERATED, max(1, section.images // GENERATED_SHARE))
    draw = draw_images(training.snapshot(), session.effective.training.seed, "evaluation")
    generated = torch.cat([quantise(draw(at, min(64, count - at))).cpu() for at in range(0, count, 64)])
    found = nearest_neighbours(_features(smoothed(generated), backbone, session), reals.features)
    for note in notes:
        say("note", note)
    if found is None:
        say("note", f"{len(reals.indices)} different training images are too few to look for copies of them")
        return
    nearest = slice(0, PAIRS)
    write_neighbours(
        generated[found.generated[nearest]],
        load(session.store, reals.indices[found.real[nearest]])[0],
        found.distances[nearest].tolist(),
        found.threshold,
        training.run.neighbours,
    )
    say("memorising", _in_words(found), _record(found, reals, backbone, time.perf_counter() - start))


def _searched(session: Session, backbone: FeatureExtractor, cache: StatisticsCache) -> Searched:
    trained_on, _ = split(len(session.store), session.effective.data.held_out)
    chosen = trained_on[choose(len(trained_on), SEARCHED * session.effective.evaluation.images)]
    key = content_key(
        of="copies",
        version=VERSION,
        smoothing=WIDTH,
        data=session.store.fingerprint,
        held_out=session.effective.data.held_out,
        images=len(chosen),
        backbone=[backbone.name, backbone.protocol],
    )
    kept = cache.read(key)
    if kept is None:
        once, images = _smoothed_once(session, chosen)
        kept = {"once": once, "features": _features(images, backbone, session).contiguous()}
        cache.write(key, kept)
    return Searched(chosen[kept["once"].numpy()], kept["features"], len(trained_on))


def _smoothed_once(session: Session, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """Of the images at `chosen` in the store, where those are that are no repetition [M], and those, smoothed."""
    seen: set[bytes] = set()
    once, images = [], []
    for start in range(0, len(chosen), READ):
        piece, _ = load(session.store, chosen[start : start + READ])
        new = distinct(piece, seen)
        once.append(new + start)
        images.append(smoothed(piece[new]))
    return torch.cat(once), torch.cat(images)


def _features(images: Tensor, backbone: FeatureExtractor, session: Session) -> Tensor:
    """[N, D] of smoothed images."""
    device = session.arithmetic.device
    features = FeaturedImages(images, None, {backbone.name: backbone}, device).sample(backbone.name).features
    assert features is not None  # a backbone was asked for
    return features


def _in_words(found: Neighbours) -> str:
    count = f"{len(found.distances):,}"
    share = f"{100 * found.share:.1f} % of {count} generated images are as near to a training image as a copy"
    if found.flagged:
        return f"memorised: {share}, where chance gives {100 * EXPECTED:.0f} %; see neighbours.png"
    return f"no copies: {share}; chance gives {100 * EXPECTED:.0f} %"


def _record(found: Neighbours, reals: Searched, backbone: FeatureExtractor, seconds: float) -> dict[str, object]:
    pairs = zip(found.generated[:PAIRS], found.real[:PAIRS], found.distances[:PAIRS], strict=True)
    return {
        "share": found.share,
        "expected": EXPECTED,
        "limit": found.limit,
        "flagged": found.flagged,
        "threshold": found.threshold,
        "images_generated": len(found.distances),
        "images_searched": len(reals.indices),
        "images_trained_on": reals.trained_on,
        "backbone": {"name": backbone.name, **backbone.protocol},
        "smoothing": f"Gaussian of {WIDTH:.3g} of the side",
        "pairs": [
            {"generated": int(made), "real": int(reals.indices[real]), "distance": float(distance)}
            for made, real, distance in pairs
        ],
        "seconds": seconds,
    }
