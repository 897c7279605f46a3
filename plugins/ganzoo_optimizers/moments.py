"""What Adam and AdamW share: averages of the gradient and of its square, whose memory may follow a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from ganzoo.plugin import OptimizerConfig, Schedule, scheduled_value
from ganzoo_optimizers.fused import can_fuse
from ganzoo_optimizers.lean import lean

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Adam


def _between_betas(schedule: Schedule) -> Schedule:
    if not (0 <= schedule.start < 1 and 0 <= schedule.end < 1):
        raise ValueError(f"a beta lies in [0, 1), from start ({schedule.start:g}) to end ({schedule.end:g})")
    return schedule


Beta = Annotated[float, Field(ge=0, lt=1)] | Annotated[Schedule, AfterValidator(_between_betas)]


class MomentsConfig(OptimizerConfig):
    """Settings of both averages."""

    betas: tuple[Beta, Beta] = (0.9, 0.999)
    """Weight of the past in the averages of the gradient and of its square; GANs like 0 or 0.5 first.
    Each a number, or a schedule over the images seen."""
    eps: float = Field(default=1e-8, gt=0)
    """Added to the root of the squared gradient's average, so that nothing is divided by zero."""


def betas_at(config: MomentsConfig, kimg: float) -> tuple[float, float]:
    """Both betas after `kimg` thousand real images."""
    first, second = config.betas
    return scheduled_value(first, kimg), scheduled_value(second, kimg)


def moving(config: MomentsConfig, kimg: float) -> Mapping[str, object]:
    """What the parameter groups hold after `kimg` thousand real images, beside the rate."""
    return {"betas": betas_at(config, kimg)}


def built(kind: type[Adam], config: MomentsConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Adam:
    """The optimiser at the start of a run, fused where the device allows."""
    return lean(kind)(
        parameters,
        lr=learning_rate,
        betas=betas_at(config, 0.0),
        eps=config.eps,
        weight_decay=config.weight_decay,
        fused=can_fuse(parameters),
    )
