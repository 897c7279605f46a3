"""Adam: steps of about the learning rate in every weight, whatever the scale of its gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from ganzoo.plugin import OptimizerConfig, OptimizerSpec, Schedule, scheduled_value
from ganzoo_optimizers.fused import can_fuse

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


def _between_betas(schedule: Schedule) -> Schedule:
    if not (0 <= schedule.start < 1 and 0 <= schedule.end < 1):
        raise ValueError(f"a beta lies in [0, 1), from start ({schedule.start:g}) to end ({schedule.end:g})")
    return schedule


Beta = Annotated[float, Field(ge=0, lt=1)] | Annotated[Schedule, AfterValidator(_between_betas)]


class AdamConfig(OptimizerConfig):
    """Settings of Adam. Weight decay is L2, through the gradient; `adamw` decouples it."""

    betas: tuple[Beta, Beta] = (0.9, 0.999)
    """Weight of the past in the averages of the gradient and of its square; GANs like 0 or 0.5 first.
    Each a number, or a schedule over the images seen."""
    eps: float = Field(default=1e-8, gt=0)
    """Added to the root of the squared gradient's average, so that nothing is divided by zero."""


def betas_at(config: AdamConfig, kimg: float) -> tuple[float, float]:
    """Both betas after `kimg` thousand real images."""
    first, second = config.betas
    return scheduled_value(first, kimg), scheduled_value(second, kimg)


def moving(config: AdamConfig, kimg: float) -> Mapping[str, object]:
    """What the parameter groups hold after `kimg` thousand real images, beside the rate."""
    return {"betas": betas_at(config, kimg)}


def build(config: AdamConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Optimizer:
    """`torch.optim.Adam`, fused where the device allows."""
    from torch.optim import Adam

    return Adam(
        parameters,
        lr=learning_rate,
        betas=betas_at(config, 0.0),
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
    moving=moving,
)
