"""lr-skew: the two networks learn at different rates."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from ganzoo.contracts import BalancingStrategy, Schedule, Settings
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig

GENERATOR_RATE = "optimizers.generator.learning_rate"
DISCRIMINATOR_RATE = "optimizers.discriminator.learning_rate"
DEFAULT_RATIO = 0.5


class LearningRateSkewConfig(StrategyConfig):
    """D's rate as a share of G's, or the rates themselves."""

    ratio: float | None = Field(default=None, gt=0)
    """D's learning rate over G's, which stays; below 1 slows D down. 0.5 where nothing is given here."""
    generator: float | None = Field(default=None, gt=0)
    """G's learning rate itself, instead of a ratio."""
    discriminator: float | None = Field(default=None, gt=0)
    """D's learning rate itself, instead of a ratio."""

    @model_validator(mode="after")
    def _ratio_or_rates(self) -> LearningRateSkewConfig:
        if self.ratio is not None and (self.generator, self.discriminator) != (None, None):
            raise ValueError(
                "give `ratio`, or the rates `generator` and `discriminator`; a ratio beside them conflicts"
            )
        return self


def share_of_generator_rate(ratio: float, settings: Settings) -> object:
    """`ratio` x G's rate: a number, or where G's is a schedule, one of the same shape, as a table."""
    if f"{GENERATOR_RATE}.start" not in settings:
        return ratio * settings.number(GENERATOR_RATE)
    schedule = {name: settings[f"{GENERATOR_RATE}.{name}"] for name in Schedule.model_fields}
    ends = {name: ratio * settings.number(f"{GENERATOR_RATE}.{name}") for name in ("start", "end")}
    return {**schedule, **ends}


class LearningRateSkew(BalancingStrategy):
    """D's rate = ratio x G's rate, from the start and throughout; or either rate as given.

    A ratio below 1 for a D that runs ahead; above 1 for a D that is held back (by spectral norm, say) and
    lags.

    Source: Heusel et al. 2017 (TTUR), whose best pairs for DCGAN have the slower D: 1e-5 against 5e-4 on
    CelebA, 1e-4 against 5e-4 on CIFAR-10 (table 1). With spectral norm in both networks, Zhang et al. 2019
    (SAGAN) skew the other way: 4e-4 for D, 1e-4 for G.
    """

    def __init__(self, config: LearningRateSkewConfig) -> None:
        self.config = config

    def configure(self, settings: Settings) -> Mapping[str, object]:
        """The rates that differ from the recipe's."""
        given = {GENERATOR_RATE: self.config.generator, DISCRIMINATOR_RATE: self.config.discriminator}
        rates: dict[str, object] = {path: rate for path, rate in given.items() if rate is not None}
        if rates:
            return rates
        ratio = DEFAULT_RATIO if self.config.ratio is None else self.config.ratio
        return {DISCRIMINATOR_RATE: share_of_generator_rate(ratio, settings)}


SPEC = BalancingSpec(
    name="lr-skew",
    summary="Different learning rates: a slower D, or a faster one",
    source="Heusel et al. 2017, GANs Trained by a Two Time-Scale Update Rule (arXiv 1706.08500), table 1",
    config=LearningRateSkewConfig,
    helps={
        Ailment.DISCRIMINATOR_OVERPOWERS: Remedy(
            5, "a slower D, as the two-time-scale paper found best for DCGAN", "ratio=0.25"
        ),
        Ailment.GENERATOR_OVERPOWERS: Remedy(2, "a faster D", "ratio=2"),
    },
    build=LearningRateSkew,
)
