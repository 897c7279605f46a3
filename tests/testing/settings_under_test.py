"""Settings of the parts the checks are tried on, in a module of their own: settings load without torch."""

from pydantic import Field

from ganzoo.plugin import (
    DatasetConfig,
    DiscriminatorConfig,
    GeneratorConfig,
    LossConfig,
    MetricConfig,
    ObserverConfig,
    StrategyConfig,
)


class Config(StrategyConfig):
    """Settings of a strategy under test."""

    strength: float = Field(default=0.5)
    """How much."""


class Undescribed(StrategyConfig):
    """One of its settings says nothing."""

    strength: float = 0.5


class PlainConfig(LossConfig):
    """Nothing to set."""


class ThinGeneratorConfig(GeneratorConfig):
    """Nothing to set but the latents."""


class ThinDiscriminatorConfig(DiscriminatorConfig):
    """Nothing to set."""


class PlainMetricConfig(MetricConfig):
    """Nothing to set."""


class PlainDatasetConfig(DatasetConfig):
    """Nothing to set."""


class PlainObserverConfig(ObserverConfig):
    """Nothing to set."""
