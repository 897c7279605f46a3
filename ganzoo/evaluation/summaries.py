"""What metrics know of the real images: from the cache, or computed once and kept there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganzoo.contracts.features import FeatureExtractor
from ganzoo.evaluation.featured import FeaturedImages
from ganzoo.evaluation.reals import RealImages, load
from ganzoo.evaluation.scorers import Scorer
from ganzoo.evaluation.statistics import StatisticsCache, content_key

STATISTICS_VERSION = 3
"""Raised when the same content gives other summaries than before: older files are then not found."""


class RealSummaries:
    """Summaries of some images of a data set.

    Args:
        store: the data set.
        chosen: indices of the images.
        backbones: by name.
        device: where they compute.
        cache: where summaries are kept between runs.
    """

    def __init__(
        self,
        store: RealImages,
        chosen: NDArray[np.int64],
        backbones: Mapping[str, FeatureExtractor],
        device: torch.device,
        cache: StatisticsCache,
    ) -> None:
        self._store = store
        self._chosen = chosen
        self._backbones = backbones
        self._device = device
        self._cache = cache

    def of(self, scorers: Sequence[Scorer]) -> dict[str, dict[str, Tensor]]:
        """By the metric's name; empty for those that need no reals, which are not read unless one is computed."""
        reals: FeaturedImages | None = None
        summaries: dict[str, dict[str, Tensor]] = {}
        for scorer in scorers:
            if not scorer.needs_reals:
                summaries[scorer.name] = {}
                continue
            key = self._key(scorer)
            summary = self._cache.read(key)
            if summary is None:
                reals = reals or self._load()
                computed = scorer.metric.summarise(reals.sample_for(scorer.metric))
                # In the layout the cache gives back, so that a score is the same bits with and without it.
                summary = {name: tensor.cpu().contiguous() for name, tensor in computed.items()}
                self._cache.write(key, summary)
            summaries[scorer.name] = summary
        return summaries

    def _load(self) -> FeaturedImages:
        images, labels = load(self._store, self._chosen)
        return FeaturedImages(images, labels, self._backbones, self._device)

    def _key(self, scorer: Scorer) -> str:
        backbone, labels = scorer.metric.features, self._store.labels
        return content_key(
            version=STATISTICS_VERSION,
            data=self._store.fingerprint,
            shape=list(self._store.images.shape),
            images=len(self._chosen),
            labels=None if labels is None else sha256(labels[self._chosen].tobytes()).hexdigest(),
            metric=scorer.name,
            settings=scorer.settings,
            provider=scorer.provider,
            backbone=None if backbone is None else [backbone, self._backbones[backbone].protocol],
        )
