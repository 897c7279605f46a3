"""Images and features to score, and the scores themselves without a run around them."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.contracts.metric import Sample, Score
from ganzoo_metrics import fd, kd


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def images(count: int, size: int = 16, channels: int = 3, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(256, (count, channels, size, size), generator=generator, dtype=torch.uint8)


def featured(features: Tensor) -> Sample:
    return Sample(torch.zeros(len(features), 1, 4, 4, dtype=torch.uint8), features=features)


def frechet(real: Tensor, fake: Tensor) -> float:
    metric = fd.build(fd.FrechetDistanceConfig())
    return metric.score(metric.summarise(featured(real)), featured(fake))["fd-efficientnet-lite0"].value


def kernel_distance(real: Tensor, fake: Tensor) -> float:
    return kernel_score(real, fake).value


def kernel_score(real: Tensor, fake: Tensor, block: int = 5000) -> Score:
    metric = kd.build(kd.KernelDistanceConfig(block=block))
    return metric.score(metric.summarise(featured(real)), featured(fake))["kd-efficientnet-lite0"]
