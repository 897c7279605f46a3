"""Gradient descent, with or without momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from ganzoo.plugin import OptimizerConfig, OptimizerSpec
from ganzoo_optimizers.fused import can_fuse
from ganzoo_optimizers.lean import lean

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


class SGDConfig(OptimizerConfig):
    """Settings of gradient descent."""

    momentum: float = Field(default=0.0, ge=0, lt=1)
    """Share of the last step that is carried into this one."""
    nesterov: bool = False
    """Take the gradient where the momentum will have led; wants a momentum above 0."""

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> SGDConfig:
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov needs a momentum above 0: add `momentum = 0.9`, say")
        return self


def build(config: SGDConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Optimizer:
    """`torch.optim.SGD`, fused where the device allows."""
    from torch.optim import SGD

    return lean(SGD)(
        parameters,
        lr=learning_rate,
        momentum=config.momentum,
        nesterov=config.nesterov,
        weight_decay=config.weight_decay,
        fused=can_fuse(parameters),
    )


SPEC = OptimizerSpec(
    name="sgd",
    summary="Gradient descent, with momentum or Nesterov's on request",
    source="Sutskever et al. 2013, On the importance of initialization and momentum in deep learning",
    config=SGDConfig,
    build=build,
)
