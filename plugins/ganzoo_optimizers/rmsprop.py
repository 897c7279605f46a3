"""RMSprop: gradients divided by the root of their recent mean square; the optimiser of the first WGAN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.plugin import OptimizerConfig, OptimizerSpec
from ganzoo_optimizers.lean import lean

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


class RMSpropConfig(OptimizerConfig):
    """Settings of RMSprop."""

    alpha: float = Field(default=0.99, ge=0, lt=1)
    """Weight of the past in the average of the squared gradient."""
    eps: float = Field(default=1e-8, gt=0)
    """Added to the root of that average, so that nothing is divided by zero."""
    momentum: float = Field(default=0.0, ge=0, lt=1)
    """Share of the last step that is carried into this one."""


def build(config: RMSpropConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Optimizer:
    """`torch.optim.RMSprop`; torch has no fused one."""
    from torch.optim import RMSprop

    return lean(RMSprop)(
        parameters,
        lr=learning_rate,
        alpha=config.alpha,
        eps=config.eps,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
    )


SPEC = OptimizerSpec(
    name="rmsprop",
    summary="RMSprop, as in the first Wasserstein GAN",
    source="Tieleman & Hinton 2012, Lecture 6.5 of Neural Networks for Machine Learning",
    config=RMSpropConfig,
    build=build,
)
