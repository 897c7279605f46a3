"""What a plugin may offer. Hooks take nothing and return specs; there are no hooks inside a step.

A package that is installed but not named in a run's configuration changes nothing in that run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
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
    )

PROJECT = "ganzoo"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

# `Any` below: a plugin returns specs of its own config classes, and lists are invariant.


@hookspec
def ganzoo_architectures() -> Sequence[ArchitectureSpec]:  # type: ignore[empty-body]  # a hookspec has no body
    """Recipes: generator + discriminator + loss + tuned defaults, cited."""


@hookspec
def ganzoo_generators() -> Sequence[GeneratorSpec[Any]]:  # type: ignore[empty-body]
    """Generators."""


@hookspec
def ganzoo_discriminators() -> Sequence[DiscriminatorSpec[Any]]:  # type: ignore[empty-body]
    """Discriminators."""


@hookspec
def ganzoo_losses() -> Sequence[LossSpec[Any]]:  # type: ignore[empty-body]
    """Adversarial losses."""


@hookspec
def ganzoo_optimizers() -> Sequence[OptimizerSpec[Any]]:  # type: ignore[empty-body]
    """Optimisers."""


@hookspec
def ganzoo_balancing() -> Sequence[BalancingSpec[Any]]:  # type: ignore[empty-body]
    """Balancing strategies."""


@hookspec
def ganzoo_compositions() -> Sequence[CompositionSpec]:  # type: ignore[empty-body]
    """Several levers under one name."""


@hookspec
def ganzoo_metrics() -> Sequence[MetricSpec[Any]]:  # type: ignore[empty-body]
    """Metrics."""


@hookspec
def ganzoo_datasets() -> Sequence[DatasetSpec[Any]]:  # type: ignore[empty-body]
    """Data sets by name."""


@hookspec
def ganzoo_features() -> Sequence[FeaturesSpec[Any]]:  # type: ignore[empty-body]
    """Backbones whose features metrics compare."""


@hookspec
def ganzoo_observers() -> Sequence[ObserverSpec[Any]]:  # type: ignore[empty-body]
    """Observers, used where a configuration names them."""


@hookspec
def ganzoo_commands() -> Sequence[CommandSpec]:  # type: ignore[empty-body]
    """Further verbs of the command line."""
