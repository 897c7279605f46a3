"""The kernel distance between the features of real and generated images, on any backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts.metric import Metric, Sample, Score
from ganzoo.plugin import MetricConfig, MetricSpec
from ganzoo_metrics import lite0
from ganzoo_metrics.checked import features_of

if TYPE_CHECKING:
    from torch import Tensor


class BlockConfig(MetricConfig):
    """Settings of a kernel distance, on whatever backbone."""

    block: int = Field(default=4000, ge=100)
    """Up to this many reals all pairs are compared; more are cut into blocks of about this size, each compared with a
    block of generated images, so that the work grows as the number of images and not as its square."""


class KernelDistanceConfig(BlockConfig):
    """Settings of the kernel distance."""

    features: str = lite0.NAME
    """Backbone; the score is named for it."""


class KernelDistance(Metric):
    """Unbiased squared discrepancy over all pairs of a block: no random subsets, so little noise of its own.

    Unlike a Frechet distance it has no floor that depends on the number of images: 0 for one distribution.
    """

    def __init__(self, backbone: str, score_name: str, block: int) -> None:
        self.features = backbone
        self.score_name = score_name
        self.block = block

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """`features` [N, D] float32, for the kernel needs all; `within` [N] float64, sums in each one's block."""
        return self._summary(features_of(real, "real", self.score_name))

    def merge(self, parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """All parts' features, and their sums anew."""
        import torch

        return self._summary(torch.cat([part["features"] for part in parts]))

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, Score]:
        """The kernel distance, the mean over blocks, with its standard error; noise may take it below 0."""
        from ganzoo_metrics.kernel import KernelSums, squared_discrepancy, standard_error, sums_between, sums_within

        fake = features_of(generated, "generated", self.score_name)
        count = min(self._blocks(len(summary["features"])), len(fake) // 2)
        same = count == self._blocks(len(summary["features"]))
        distances, errors = [], []
        for real_part, within, fake_part in zip(
            summary["features"].tensor_split(count),
            summary["within"].tensor_split(count),
            _shuffled(fake, count).tensor_split(count),
            strict=True,
        ):
            of_real = within if same else sums_within(real_part)
            sums = KernelSums(of_real, sums_within(fake_part), *sums_between(real_part, fake_part))
            distances.append(squared_discrepancy(sums))
            errors.append(standard_error(sums))
        known = [error for error in errors if error is not None]
        error = sum(each**2 for each in known) ** 0.5 / count if len(known) == count else None
        return {self.score_name: Score(fmean(distances), error, floor=0.0)}

    def _summary(self, features: Tensor) -> dict[str, Tensor]:
        import torch

        from ganzoo_metrics.kernel import sums_within

        count = self._blocks(len(features))
        features = _shuffled(features, count)
        return {"features": features, "within": torch.cat([sums_within(part) for part in features.tensor_split(count)])}

    def _blocks(self, reals: int) -> int:
        return -(-reals // self.block)


def _shuffled(features: Tensor, blocks: int) -> Tensor:
    """In a fixed random order where they are cut: a folder lies by class, and a block must be a sample of all."""
    import torch

    if blocks == 1:
        return features
    return features[torch.randperm(len(features), generator=torch.Generator().manual_seed(0))]


def build(config: KernelDistanceConfig) -> KernelDistance:
    """The metric on the backbone of the settings, its score named `kd-<backbone>`."""
    return KernelDistance(config.features, f"kd-{config.features}", config.block)


SPEC = MetricSpec(
    name="kd",
    summary="kernel distance on a backbone's features: unbiased, so right for few images too",
    source="Binkowski et al. 2018, Demystifying MMD GANs, arXiv:1801.01401, on other features; blocks: Zaremba et al. "
    "2013, B-test, arXiv:1307.1954",
    default=True,
    config=KernelDistanceConfig,
    build=build,
)
