"""The kernel Inception distance: the kernel distance on Inception's features, and on no others."""

from __future__ import annotations

from ganzoo.plugin import MetricSpec
from ganzoo_metrics import inception
from ganzoo_metrics.kd import BlockConfig, KernelDistance


class KernelInceptionDistanceConfig(BlockConfig):
    """Settings of KID. Its backbone's weights are named by `evaluation.features.inception-v3.weights`."""


SPEC = MetricSpec(
    name="kid",
    summary="kernel Inception distance, with its standard error; downloads Inception's weights once",
    source="Binkowski et al. 2018, Demystifying MMD GANs, arXiv:1801.01401",
    config=KernelInceptionDistanceConfig,
    build=lambda config: KernelDistance(inception.NAME, "kid", config.block),
)
