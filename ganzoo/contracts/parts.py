"""The settings of a part: pydantic models, torch-free, one base a kind.

Attribute docstrings are the settings' descriptions; they reach `ganzoo show`, the JSON schema and the documentation.
"""

from __future__ import annotations

from pydantic import Field

from ganzoo.contracts.record import Record
from ganzoo.contracts.schedule import NotNegative


class PartConfig(Record):
    """Settings of one part."""


class GeneratorConfig(PartConfig):
    """Settings of a generator."""

    latent_dim: int = Field(default=128, ge=1, le=65536)
    """Length of a latent vector."""


class DiscriminatorConfig(PartConfig):
    """Settings of a discriminator."""


class LossConfig(PartConfig):
    """Settings of an adversarial loss."""


class OptimizerConfig(PartConfig):
    """Settings of one network's optimiser."""

    learning_rate: NotNegative = 1e-3
    """Step size; a number, or a schedule over the images seen."""
    weight_decay: float = Field(default=0.0, ge=0)
    """Pull of the weights towards zero."""


class StrategyConfig(PartConfig):
    """Settings of a balancing strategy."""


class MetricConfig(PartConfig):
    """Settings of a metric."""


class FeaturesConfig(PartConfig):
    """Settings of a backbone."""


class DatasetConfig(PartConfig):
    """Settings of a data set."""


class ObserverConfig(PartConfig):
    """Settings of an observer."""
