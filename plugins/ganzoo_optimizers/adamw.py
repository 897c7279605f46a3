"""AdamW: Adam with a weight decay that the gradient's scale does not touch."""

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


class AdamWConfig(OptimizerConfig):
    """Settings of AdamW. Each step shrinks the weights by learning_rate x weight_decay."""

    betas: tuple[Beta, Beta] = (0.9, 0.999)
    """Weight of the past in the averages of the gradient and of its square; GANs like 0 or 0.5 first."""
    eps: float = Field(default=1e-8, gt=0)
    """Added to the root of the squared gradient's average, so that nothing is divided by zero."""


def build(config: AdamWConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Optimizer:
    """`torch.optim.AdamW`, fused where the device allows."""
    from torch.optim import AdamW

    return AdamW(
        parameters,
        lr=learning_rate,
        betas=config.betas,
        eps=config.eps,
        weight_decay=config.weight_decay,
        fused=can_fuse(parameters),
    )


SPEC = OptimizerSpec(
    name="adamw",
    summary="Adam with decoupled weight decay",
    source="Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization (arXiv 1711.05101)",
    config=AdamWConfig,
    build=build,
)
