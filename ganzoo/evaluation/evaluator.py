"""Scores a generator: its images once, features once a backbone, every metric on the same sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.config.models import EvaluationSection
from ganzoo.contracts.features import FeatureExtractor
from ganzoo.data.cache import cache_root
from ganzoo.errors import ContractError
from ganzoo.evaluation.featured import FeaturedImages
from ganzoo.evaluation.quantise import QUANTISATION, quantise
from ganzoo.evaluation.reals import RealImages, choose, load
from ganzoo.evaluation.result import Evaluation
from ganzoo.evaluation.scorers import Scorer, build_backbones, build_scorers
from ganzoo.evaluation.statistics import StatisticsCache, content_key
from ganzoo.registry.catalogue import Catalogue

STATISTICS_VERSION = 1
"""Raised when the same content gives other summaries than before: older files are then not found."""
DRAW_BATCH = 128

Draw = Callable[[int, int], Tensor]
"""draw(start, count): the generated images start ... start + count - 1, [count, C, H, W] float in [-1, 1].
Image i is made from latents that depend on i alone."""


def build_evaluator(
    section: EvaluationSection,
    catalogue: Catalogue,
    store: RealImages,
    device: torch.device,
    cache: Path | None = None,
) -> Evaluator:
    """Everything that can go wrong before training goes wrong here.

    Args:
        section: which metrics, on how many images.
        catalogue: where metrics and backbones are found.
        store: the real images.
        device: where backbones compute.
        cache: root of the cache; None: the user's.

    Raises:
        UsageError: unknown metric or backbone, or a backbone whose weights cannot be had.
    """
    scorers = build_scorers(section, catalogue)
    backbones = build_backbones(scorers, section, catalogue)
    return Evaluator(scorers, backbones, store, section.images, device, (cache or cache_root()) / "statistics")


class Evaluator:
    """Call it with a way to draw images; the summaries of the reals are kept between calls and between runs.

    Args:
        scorers: the metrics.
        backbones: what they ask for, by name.
        store: the real images.
        images: how many are generated, and at most how many reals they are compared with.
        device: where backbones compute.
        statistics: folder of the cached summaries.
    """

    def __init__(
        self,
        scorers: Sequence[Scorer],
        backbones: Mapping[str, FeatureExtractor],
        store: RealImages,
        images: int,
        device: torch.device,
        statistics: Path,
    ) -> None:
        self._scorers = scorers
        self._backbones = backbones
        self._store = store
        self._images = images
        self._device = device
        self._chosen = choose(len(store.images), images)
        self._notes: list[str] = []
        self._cache = StatisticsCache(statistics, self._notes.append)
        self._summaries: dict[str, dict[str, Tensor]] | None = None

    def __call__(self, draw: Draw, stamp: Mapping[str, str]) -> Evaluation:
        """Scores of the generator behind `draw`.

        Args:
            draw: gives generated images by their index.
            stamp: what the caller knows of the generator: averaged or not, how its BatchNorm was set.

        Raises:
            TrainingError: the generator makes NaN.
            UsageError: there are too few images for a metric.
            ContractError: a metric gave NaN, or a score of another metric's name.
        """
        start = time.perf_counter()
        if self._summaries is None:
            self._summaries = self._real_summaries()
        generated = FeaturedImages(self._generate(draw), None, self._backbones, self._device)
        scores: dict[str, float] = {}
        directions: dict[str, bool | None] = {}
        for scorer in self._scorers:
            found = scorer.score(self._summaries[scorer.name], generated.sample(scorer.metric.features))
            if twice := scores.keys() & found.keys():
                raise ContractError(f"two metrics give the score {', '.join(sorted(twice))}")
            scores |= found
            directions |= dict.fromkeys(found, scorer.lower_is_better)
        notes = tuple(self._notes)
        self._notes.clear()
        return Evaluation(scores, directions, self._protocol(stamp), time.perf_counter() - start, notes)

    def _generate(self, draw: Draw) -> Tensor:
        parts = []
        with torch.no_grad():
            for start in range(0, self._images, DRAW_BATCH):
                count = min(DRAW_BATCH, self._images - start)
                parts.append(quantise(draw(start, count)).cpu())
        return torch.cat(parts)

    def _real_summaries(self) -> dict[str, dict[str, Tensor]]:
        reals: FeaturedImages | None = None
        summaries: dict[str, dict[str, Tensor]] = {}
        for scorer in self._scorers:
            if not scorer.needs_reals:
                summaries[scorer.name] = {}
                continue
            key = self._key(scorer)
            summary = self._cache.read(key)
            if summary is None:
                reals = reals or self._load_reals()
                computed = scorer.metric.summarise(reals.sample(scorer.metric.features))
                # In the layout the cache gives back, so that a score is the same bits with and without it.
                summary = {name: tensor.cpu().contiguous() for name, tensor in computed.items()}
                self._cache.write(key, summary)
            summaries[scorer.name] = summary
        return summaries

    def _load_reals(self) -> FeaturedImages:
        images, labels = load(self._store, self._chosen)
        return FeaturedImages(images, labels, self._backbones, self._device)

    def _key(self, scorer: Scorer) -> str:
        backbone = scorer.metric.features
        return content_key(
            version=STATISTICS_VERSION,
            data=self._store.fingerprint,
            shape=list(self._store.images.shape),
            images=len(self._chosen),
            metric=scorer.name,
            settings=scorer.settings,
            provider=scorer.provider,
            backbone=None if backbone is None else [backbone, self._backbones[backbone].protocol],
        )

    def _protocol(self, stamp: Mapping[str, str]) -> dict[str, object]:
        return {
            "data": {"name": self._store.name, "fingerprint": self._store.fingerprint},
            "images_real": len(self._chosen),
            "images_generated": self._images,
            "quantisation": QUANTISATION,
            "metrics": {scorer.name: dict(scorer.settings) for scorer in self._scorers},
            "providers": {scorer.name: scorer.provider for scorer in self._scorers},
            "backbones": {name: dict(extractor.protocol) for name, extractor in self._backbones.items()},
            "generator": dict(stamp),
            "versions": {name: version(name) for name in ("torch", "numpy")},
        }
