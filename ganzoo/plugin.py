"""What a plugin's torch-free module imports: the hook marker, the specs, the settings' base classes.

from ganzoo.plugin import BalancingSpec, StrategyConfig, hookimpl
"""

from ganzoo.contracts.ailments import Ailment, Remedy
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
from ganzoo.contracts.schedule import NotNegative, Schedule, Scheduled, scheduled_value
from ganzoo.contracts.shapes import check_image_shape, doubling_widths, given_labels, halvings, joined_by_label
from ganzoo.errors import ContractError, GanzooWarning, UsageError, nearest
from ganzoo.registry.hookspecs import hookimpl
from ganzoo.registry.settings_of_recipes import for_both, moving
from ganzoo.registry.specs import (
    ArchitectureSpec,
    BalancingSpec,
    CommandSpec,
    CompositionSpec,
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
    "Ailment",
    "ArchitectureSpec",
    "BalancingSpec",
    "CommandSpec",
    "CompositionSpec",
    "ContractError",
    "DatasetConfig",
    "DatasetSpec",
    "DiscriminatorConfig",
    "DiscriminatorSpec",
    "FeaturesConfig",
    "FeaturesSpec",
    "GanzooWarning",
    "GeneratorConfig",
    "GeneratorSpec",
    "LossConfig",
    "LossSpec",
    "MetricConfig",
    "MetricSpec",
    "NotNegative",
    "ObserverConfig",
    "ObserverSpec",
    "OptimizerConfig",
    "OptimizerSpec",
    "PartConfig",
    "Preset",
    "Remedy",
    "Schedule",
    "Scheduled",
    "StrategyConfig",
    "Trait",
    "UsageError",
    "check_image_shape",
    "doubling_widths",
    "for_both",
    "given_labels",
    "halvings",
    "hookimpl",
    "joined_by_label",
    "moving",
    "nearest",
    "scheduled_value",
]
