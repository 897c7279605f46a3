"""The networks of a run as named tensors."""

from __future__ import annotations

from torch import Tensor

from ganzoo.training.checkpoints import AVERAGE
from ganzoo.training.step import AdversarialStep


def weights_of(step: AdversarialStep) -> dict[str, dict[str, Tensor]]:
    """Weights and buffers by network, as a checkpoint holds them; not copied."""
    return {
        "generator": step.generator.network.state_dict(),
        "discriminator": step.discriminator.network.state_dict(),
        AVERAGE: step.average.network.state_dict(),
    }
