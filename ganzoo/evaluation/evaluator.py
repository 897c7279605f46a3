"""Scores a generator: its images once, features once a backbone, every metric on the same sample."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.config.models import EvaluationSection
from ganzoo.contracts.features import FeatureExtractor
from ganzoo.contracts.metric import Score
from ganzoo.data.cache import cache_root
from ganzoo.errors import ContractError
from ganzoo.evaluation.featured import FeaturedImages
from ganzoo.evaluation.protocol import made_by
from ganzoo.evaluation.quantise import NO_QUANTISATION, QUANTISATION, as_shown
from ganzoo.evaluation.reals import RealImages, choose
from ganzoo.evaluation.repeats import mean_of
from ganzoo.evaluation.result import Evaluation
from ganzoo.evaluation.scorers import Scorer, build_backbones, build_scorers, check_sizes
from ganzoo.evaluation.statistics import StatisticsCache
from ganzoo.evaluation.summaries import STATISTICS_VERSION, RealSummaries
from ganzoo.registry.catalogue import Catalogue

DRAW_BATCH = 128
REHEARSED = 64
"""Images by which it is told what a call will take."""

Draw = Callable[[int, int], Tensor]
"""draw(start, count): the generated images start ... start + count - 1, [count, C, H, W] float in [-1, 1], or
points [count, dim, 1, 1]. Image i is made from latents that depend on i alone."""
DrawLabels = Callable[[int, int], Tensor | None]
"""draw_labels(start, count): the labels [count] int64 those images were made with, or None."""

Features = Mapping[str, Tensor]
"""By backbone: [N, D] float32 on the CPU, of the images 0 ... N - 1."""


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
        UsageError: unknown metric or backbone, a backbone whose weights cannot be had, or too few images.
    """
    scorers = build_scorers(section, catalogue)
    check_sizes(scorers, min(len(store.images), section.images), section.images)
    backbones = build_backbones(scorers, section, catalogue)
    statistics = (cache or cache_root()) / "statistics"
    return Evaluator(scorers, backbones, store, section.images, device, statistics, section.repeats)


class Evaluator:
    """Call it with a way to draw images; the summaries of the reals are kept between calls and between runs.

    Args:
        scorers: the metrics.
        backbones: what they ask for, by name.
        store: the real images.
        images: how many are generated, and at most how many reals they are compared with.
        device: where backbones compute.
        statistics: folder of the cached summaries.
        repeats: how many samples of that many images are drawn and scored; scores are their mean.
    """

    def __init__(
        self,
        scorers: Sequence[Scorer],
        backbones: Mapping[str, FeatureExtractor],
        store: RealImages,
        images: int,
        device: torch.device,
        statistics: Path,
        repeats: int = 1,
    ) -> None:
        self._scorers = scorers
        self._backbones = backbones
        self._store = store
        self._images = images
        self._device = device
        self._repeats = repeats
        self._chosen = choose(len(store.images), images)
        self._notes: list[str] = []
        self._said: set[str] = set()
        cache = StatisticsCache(statistics, self._notes.append)
        self._reals = RealSummaries(store, self._chosen, backbones, device, cache)
        self._summaries: dict[str, dict[str, Tensor]] | None = None

    def __call__(
        self,
        draw: Draw,
        stamp: Mapping[str, str],
        draw_labels: DrawLabels | None = None,
        features: Features | None = None,
    ) -> Evaluation:
        """Scores of the generator behind `draw`.

        Args:
            draw: gives generated images by their index.
            stamp: what the caller knows of the generator: averaged or not, how its BatchNorm was set.
            draw_labels: gives the labels of those images, for a conditional generator.
            features: of all those images, where `features_of` has computed them already.

        Raises:
            TrainingError: the generator makes NaN.
            UsageError: there are too few images for a metric.
            ContractError: a metric gave NaN, or a score of another metric's name.
        """
        start = time.perf_counter()
        self.prepare()
        starts = [index * self._images for index in range(self._repeats)]
        rounds = [self._round(draw, draw_labels, features or {}, first) for first in starts]
        scores: dict[str, Score] = {}
        directions: dict[str, bool | None] = {}
        made: dict[str, object] = {}
        for scorer in self._scorers:
            found = mean_of([found_in[scorer.name] for found_in in rounds])
            if twice := scores.keys() & found.keys():
                raise ContractError(f"two metrics give the score {', '.join(sorted(twice))}")
            scores |= found
            directions |= dict.fromkeys(found, scorer.lower_is_better)
            made |= dict.fromkeys(found, made_by(scorer.name, scorer.metric.features, needs_reals=scorer.needs_reals))
        return Evaluation(
            scores={name: score.value for name, score in scores.items()},
            directions=directions,
            protocol=self._protocol(stamp, made),
            seconds=time.perf_counter() - start,
            notes=self._news(scores),
            standard_errors={n: s.standard_error for n, s in scores.items() if s.standard_error is not None},
            floors={name: score.floor for name, score in scores.items() if score.floor is not None},
        )

    def prepare(self) -> None:
        """Summarise the reals now, or read it from the cache, so that a call's time is that of the scores alone."""
        if self._summaries is None:
            self._summaries = self._reals.of(self._scorers)

    def features_of(self, images: Tensor) -> Features:
        """Of generated images [N, C, H, W] uint8 by every backbone that a metric asks for, N at least 1."""
        featured = FeaturedImages(images, None, self._backbones, self._device)
        found = {name: featured.sample(name).features for name in self._backbones}
        return {name: features for name, features in found.items() if features is not None}

    def rehearse(self, draw: Draw) -> float:
        """Seconds a call will about take: a few images are drawn and looked at, as all would be, and not scored."""
        seconds = 0.0
        for few in (REHEARSED // 8, REHEARSED):  # the first time is slower, and does not count
            start = time.perf_counter()
            generated = FeaturedImages(self.of(few)._generate(draw, 0), None, self._backbones, self._device)
            for scorer in self._scorers:
                generated.sample_for(scorer.metric)
            seconds = time.perf_counter() - start
        return seconds * self._images * self._repeats / REHEARSED

    def of(self, images: int) -> Evaluator:
        """The same scores of another number of generated images, against the same summaries of the reals."""
        other = copy.copy(self)
        other._images = images
        return other

    def _round(
        self, draw: Draw, draw_labels: DrawLabels | None, features: Features, first: int
    ) -> dict[str, dict[str, Score]]:
        """Each metric's scores of the images from `first` on, by the metric's name."""
        assert self._summaries is not None, "the reals are summarised first"
        labels = None if draw_labels is None else draw_labels(first, self._images)
        generated = FeaturedImages(
            self._generate(draw, first),
            None if labels is None else labels.cpu(),
            self._backbones,
            self._device,
            {name: of_all[first : first + self._images] for name, of_all in features.items()},
        )
        return {
            scorer.name: scorer.score(self._summaries[scorer.name], generated.sample_for(scorer.metric))
            for scorer in self._scorers
        }

    def _news(self, scores: Mapping[str, Score]) -> tuple[str, ...]:
        """What went wrong since the last evaluation, and those notes of scores that were not said before."""
        notes = [score.note for score in scores.values() if score.note and score.note not in self._said]
        self._said.update(notes)
        news = (*self._notes, *dict.fromkeys(notes))
        self._notes.clear()
        return news

    def _generate(self, draw: Draw, first: int) -> Tensor:
        parts = []
        with torch.no_grad():
            for start in range(first, first + self._images, DRAW_BATCH):
                count = min(DRAW_BATCH, first + self._images - start)
                parts.append(as_shown(draw(start, count)).cpu())
        return torch.cat(parts)

    def _protocol(self, stamp: Mapping[str, str], made: Mapping[str, object]) -> dict[str, object]:
        return {
            "data": {"name": self._store.name, "fingerprint": self._store.fingerprint},
            "images_real": len(self._chosen),
            "images_generated": self._images,
            "repeats": self._repeats,
            "quantisation": QUANTISATION if self._store.images.dtype == "uint8" else NO_QUANTISATION,
            "scores": dict(made),
            "metrics": {scorer.name: dict(scorer.settings) for scorer in self._scorers},
            "providers": {scorer.name: scorer.provider for scorer in self._scorers},
            "backbones": {name: dict(extractor.protocol) for name, extractor in self._backbones.items()},
            "generator": dict(stamp),
            "statistics": STATISTICS_VERSION,
            "versions": {name: version(name) for name in ("torch", "numpy")},
        }
