"""The score of my-metric."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from ganzoo.contracts import Metric, Sample
from ganzoo_my_metric.settings import MyMetricConfig

LEVELS = 256


def histograms(images: Tensor) -> Tensor:
    """How many pixels of each channel have each level: images [N, C, H, W] uint8 -> [C, 256] int64."""
    channels = images.transpose(0, 1).flatten(start_dim=1).long()
    return torch.stack([torch.bincount(channel, minlength=LEVELS) for channel in channels])


def distance(one: Tensor, other: Tensor) -> Tensor:
    """1-Wasserstein distance between two histograms, in levels: [C, 256] twice -> [C].

    On a line it is the area between the two cumulated shares.
    """
    shares = [counts.double() / counts.sum(dim=1, keepdim=True) for counts in (one, other)]
    return (shares[0].cumsum(dim=1) - shares[1].cumsum(dim=1)).abs().sum(dim=1)


class MyMetric(Metric):
    """How far pixels must change their brightness, on the mean, to have the reals' histogram; the worst channel.

    Reals are summarised once and kept on disk; each evaluation scores against the summary.
    """

    def __init__(self, config: MyMetricConfig) -> None:
        self.config = config

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """`counts` [1, C, 256]: several processes' parts are joined along the first axis."""
        return {"counts": histograms(real.images)[None]}

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> Mapping[str, float]:
        """`my-metric`, 0 for equal histograms."""
        worst = distance(summary["counts"].sum(dim=0), histograms(generated.images)).max().item()
        return {"my-metric": worst if self.config.scale == "levels" else worst / (LEVELS - 1)}
