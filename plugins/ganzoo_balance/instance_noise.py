"""instance-noise: D sees reals and fakes through the same fading noise."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field, model_validator

from ganzoo.contracts import (
    BalancingStrategy,
    Batch,
    Draws,
    Moment,
    Role,
    Schedule,
    Views,
    ViewStage,
    scheduled_value,
)
from ganzoo.plugin import BalancingSpec, StrategyConfig
from ganzoo_balance.penalties import Weight

DEFAULT_KIMG = 100.0


class InstanceNoiseConfig(StrategyConfig):
    """How much noise, and until when."""

    std: Weight = 0.1
    """Standard deviation of the noise at the start, where images lie in [-1, 1]; or a schedule of it."""
    kimg: float | None = Field(default=None, gt=0)
    """Thousand real images until the noise is gone; it fades in a straight line. 100 where `std` is a number."""

    @model_validator(mode="after")
    def _one_course(self) -> InstanceNoiseConfig:
        if self.kimg is not None and isinstance(self.std, Schedule):
            raise ValueError("`std` is a schedule already: leave out `kimg`")
        return self


def faded(std: float, kimg: float, until_kimg: float) -> float:
    """`std` at 0 kimg, in a straight line to 0 at `until_kimg`, and 0 from there on."""
    return std * max(0.0, 1.0 - kimg / until_kimg)


class InstanceNoise(BalancingStrategy):
    """x + sigma(t) e, e ~ N(0, 1) for each pixel, on the reals and the fakes that D sees; sigma fades to 0.

    Early in training the two distributions do not overlap, so that a perfect D exists whose gradient says nothing;
    noise makes them overlap. It also hides fine detail from D while G has none. Use it where D wins within the
    first few hundred steps; noise that never fades ends up in the images. Costs little.

    Source: Sønderby et al. 2017, "Amortised MAP Inference for Image Super-resolution", who let it fade while
    training; Arjovsky & Bottou 2017, section 3. The numbers are ours.
    """

    view_stage: ClassVar[ViewStage] = ViewStage.NOISE

    def __init__(self, config: InstanceNoiseConfig) -> None:
        self.config = config

    def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
        """Both batches with noise of their own; as they are once it has faded."""
        std = self._std(moment)
        if std <= 0:
            return Views(real, fake)
        noised = None if real is None else _noised(real, std, draws.named("real"))
        return Views(noised, _noised(fake, std, draws.named("fake")))

    def _std(self, moment: Moment) -> float:
        if isinstance(self.config.std, Schedule):
            return scheduled_value(self.config.std, moment.kimg)
        return faded(self.config.std, moment.kimg, self.config.kimg or DEFAULT_KIMG)


def _noised(batch: Batch, std: float, draws: Draws) -> Batch:
    return replace(batch, images=batch.images + std * draws.normal(*batch.images.shape[1:]))


SPEC = BalancingSpec(
    name="instance-noise",
    summary="Gaussian noise on all that D sees, fading to none",
    source="Sønderby et al. 2017 (arXiv 1610.04490); Arjovsky & Bottou 2017 (arXiv 1701.04862)",
    config=InstanceNoiseConfig,
    build=InstanceNoise,
)
