"""freeze-d: D's first blocks do not learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig, UsageError

if TYPE_CHECKING:
    from torch import nn


class FreezeDConfig(StrategyConfig):
    """How much of D."""

    blocks: int = Field(default=1, ge=0)
    """Blocks frozen, counted from the image inwards."""


class FreezeD(BalancingStrategy):
    """The weights of D's first blocks stay as they are; the rest learns on top of them.

    Made for fine-tuning a trained D on few images, where its first blocks are good already and would only learn the
    images by heart. In a run that starts afresh the frozen blocks are a random projection: a weaker, cheaper D, which
    can still judge well (random features), but no substitute for a D that starts trained. Where frozen blocks have
    batch norm, they go on normalising by the batch, as D does throughout training.

    Source: Mo et al. 2020, "Freeze the Discriminator: a Simple Baseline for Fine-Tuning GANs"; how many blocks is
    tuned there for each architecture, so the default is the least.
    """

    def __init__(self, config: FreezeDConfig) -> None:
        self.config = config

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """D with its first blocks out of reach of the optimiser.

        Raises:
            UsageError: D has fewer blocks, or nothing of it is left to learn.
        """
        if role is not Role.DISCRIMINATOR or self.config.blocks == 0:
            return network
        from ganzoo.contracts import Discriminator

        assert isinstance(network, Discriminator)  # D's role
        blocks = network.blocks()
        if self.config.blocks > len(blocks):
            raise UsageError(
                f"`freeze-d` is to freeze {self.config.blocks} blocks of D, which has {len(blocks)}",
                hint=f"give `blocks` from 0 to {len(blocks)}",
            )
        for block in blocks[: self.config.blocks]:
            block.requires_grad_(False)
        if not any(parameter.requires_grad for parameter in network.parameters()):
            raise UsageError(
                f"`freeze-d` with {self.config.blocks} blocks leaves nothing of D to learn",
                hint=f"give `blocks` below {self.config.blocks}",
            )
        return network


SPEC = BalancingSpec(
    name="freeze-d",
    summary="D's first blocks do not learn; for fine-tuning on few images",
    source="Mo et al. 2020, Freeze the Discriminator: a Simple Baseline for Fine-Tuning GANs (arXiv 2002.10964)",
    config=FreezeDConfig,
    build=FreezeD,
)
