"""Adam: steps of about the learning rate in every weight, whatever the scale of its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ganzoo.plugin import OptimizerSpec
from ganzoo_optimizers.moments import MomentsConfig, built, moving

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


class AdamConfig(MomentsConfig):
    """Settings of Adam. Weight decay is L2, through the gradient; `adamw` decouples it."""


def build(config: AdamConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Optimizer:
    """`torch.optim.Adam`, fused where the device allows."""
    from torch.optim import Adam

    return built(Adam, config, parameters, learning_rate)


SPEC = OptimizerSpec(
    name="adam",
    summary="Adam; weight decay as L2",
    source="Kingma & Ba 2015, Adam: A Method for Stochastic Optimization (arXiv 1412.6980)",
    default=True,
    config=AdamConfig,
    build=build,
    moving=moving,
)
