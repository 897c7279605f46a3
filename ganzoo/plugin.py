"""What a plugin's torch-free module imports: the hook marker, the specs, the settings' base classes.

from ganzoo.plugin import BalancingSpec, StrategyConfig, hookimpl
"""

from ganzoo.contracts.parts import (
    DatasetConfig,
    DiscriminatorConfig,
    FeaturesConfig,
    GeneratorConfig,
    LossConfig,
    MetricConfig,
    ObserverConfig,
    OptimizerConfig,
    PartConfig,
    StrategyConfig,
)
from ganzoo.contracts.schedule import Schedule, Scheduled, scheduled_value
from ganzoo.errors import ContractError, UsageError
from ganzoo.registry.hookspecs import hookimpl
from ganzoo.registry.specs import (
    ArchitectureSpec,
    BalancingSpec,
    CommandSpec,
    DatasetSpec,
    DiscriminatorSpec,
    FeaturesSpec,
    GeneratorSpec,
    LossSpec,
    MetricSpec,
    ObserverSpec,
    OptimizerSpec,
    Preset,
    Trait,
)

__all__ = [
    "ArchitectureSpec",
    "BalancingSpec",
    "CommandSpec",
    "ContractError",
    "DatasetConfig",
    "DatasetSpec",
    "DiscriminatorConfig",
    "DiscriminatorSpec",
    "FeaturesConfig",
    "FeaturesSpec",
    "GeneratorConfig",
    "GeneratorSpec",
    "LossConfig",
    "LossSpec",
    "MetricConfig",
    "MetricSpec",
    "ObserverConfig",
    "ObserverSpec",
    "OptimizerConfig",
    "OptimizerSpec",
    "PartConfig",
    "Preset",
    "Schedule",
    "Scheduled",
    "StrategyConfig",
    "Trait",
    "UsageError",
    "hookimpl",
    "scheduled_value",
]
