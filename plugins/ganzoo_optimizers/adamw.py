"""AdamW: Adam with a weight decay that the gradient's scale does not touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ganzoo.plugin import OptimizerSpec
from ganzoo_optimizers.moments import MomentsConfig, built, moving

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


class AdamWConfig(MomentsConfig):
    """Settings of AdamW. Each step shrinks the weights by learning_rate x weight_decay."""


def build(config: AdamWConfig, parameters: Sequence[nn.Parameter], learning_rate: float) -> Optimizer:
    """`torch.optim.AdamW`, fused where the device allows."""
    from torch.optim import AdamW

    return built(AdamW, config, parameters, learning_rate)


SPEC = OptimizerSpec(
    name="adamw",
    summary="Adam with decoupled weight decay",
    source="Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization (arXiv 1711.05101)",
    config=AdamWConfig,
    build=build,
    moving=moving,
)
