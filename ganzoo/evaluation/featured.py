"""A set of images whose features are computed once a backbone, however many metrics read them."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from ganzoo.contracts.features import FeatureExtractor
from ganzoo.contracts.metric import Metric, Sample

BATCH = 256
"""Images on the device at once."""


class FeaturedImages:
    """Images [N, C, H, W] uint8, or points, with their labels, and the features metrics ask for.

    Args:
        images: on the CPU.
        labels: [N], or None.
        backbones: by name.
        device: where they compute.
        known: features [N, D] of these images that were computed before, by backbone.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor | None,
        backbones: Mapping[str, FeatureExtractor],
        device: torch.device,
        known: Mapping[str, Tensor] | None = None,
    ) -> None:
        self._images = images
        self._labels = labels
        self._backbones = backbones
        self._device = device
        self._features: dict[str, Tensor] = dict(known or {})

    def sample_for(self, metric: Metric) -> Sample:
        """The images as that metric reads them, on the CPU: with features and logits, or with none."""
        return self.sample(metric.features, logits=metric.logits)

    def sample(self, backbone: str | None, *, logits: bool = False) -> Sample:
        """The images on the CPU: with the features of that backbone, and its class logits, or with none."""
        if backbone is None:
            return Sample(self._images, self._labels)
        if backbone not in self._features:
            self._features[backbone] = self._compute(self._backbones[backbone])
        features = self._features[backbone]
        classes = self._backbones[backbone].logits(features) if logits else None
        return Sample(self._images, self._labels, features, classes)

    def _compute(self, extractor: FeatureExtractor) -> Tensor:
        starts = range(0, len(self._images), BATCH)
        parts = (self._images[start : start + BATCH].to(self._device) for start in starts)
        return torch.cat([extractor(part).float().cpu() for part in parts])
