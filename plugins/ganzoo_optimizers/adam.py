"""Adam: steps of about the learning rate in every weight, whatever the scale of its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ganzoo.plugin import OptimizerConfig, OptimizerSpec
from ganzoo_optimizers.fused import can_fuse

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

Beta = Annotated[float, Field(ge=0, lt=1)]


class AdamConfig(OptimizerConfig):
    """Settings of Adam. Weight decay is L2, through the gradient; `adamw` decouples it."""

    betas: tuple[Beta, Beta] = (0.9, 0.999)
    """Weight of the past in the averages of the gradient and of its square; GANs like 0 or 0.5 first."""
    eps: float = Field(default=1e-8, gt=0)
    """Added to the root of the squared gradient's average, so that nothing is divided by zero."""


def build(config: AdamConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Optimizer:
    """`torch.optim.Adam`, fused where the device allows."""
    from torch.optim import Adam

    return Adam(
        parameters,
        lr=learning_rate,
        betas=config.betas,
        eps=config.eps,
        weight_decay=config.weight_decay,
        fused=can_fuse(parameters),
    )


SPEC = OptimizerSpec(
    name="adam",
    summary="Adam; weight decay as L2",
    source="Kingma & Ba 2015, Adam: A Method for Stochastic Optimization (arXiv 1412.6980)",
    default=True,
    config=AdamConfig,
    build=build,
)
