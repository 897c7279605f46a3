"""Settings of the parts the checks are tried on, in a module of their own: settings load without torch."""

from pydantic import Field

from ganzoo.plugin import DiscriminatorConfig, GeneratorConfig, LossConfig, StrategyConfig


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
