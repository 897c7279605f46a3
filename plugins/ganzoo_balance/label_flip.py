"""label-flip: now and then D is told the wrong answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Draws, Origin, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor


class LabelFlipConfig(StrategyConfig):
    """How often."""

    share: float = Field(default=0.05, ge=0, le=0.5)
    """Chance of an image's target being flipped, reals and fakes alike; at 0.5 nothing can be learned."""


def flipped(targets: Tensor, share: float, chance: Tensor) -> Tensor:
    """1 - target where chance < share.

    Args:
        targets: [N] in [0, 1].
        share: in [0, 1].
        chance: [N], uniform on [0, 1).
    """
    import torch

    return torch.where(chance < share, 1.0 - targets, targets)


class LabelFlip(BalancingStrategy):
    """target = 1 - target for a random share of the images of D's batch, anew in each step.

    For logistic losses, where D is right about everything: even a perfect D then has a loss of the order of the
    share, and being very sure is punished. Blunt, and it makes D's gradient noisy; `label-smoothing` and
    `instance-noise` do the same with less noise. A target already smoothed to 0.9 is flipped to 0.1.

    Source: Chintala et al. 2016, "How to Train a GAN? Tips and tricks" (ganhacks), tip 6, which says "occasionally"
    and no number; the default is ours.
    """

    def __init__(self, config: LabelFlipConfig) -> None:
        self.config = config

    def targets(self, targets: Tensor, origin: Origin, role: Role, draws: Draws) -> Tensor:
        """D's targets, some of them flipped; G's as they are."""
        if role is not Role.DISCRIMINATOR or self.config.share == 0:
            return targets
        return flipped(targets, self.config.share, draws.uniform())


SPEC = BalancingSpec(
    name="label-flip",
    summary="A share of D's targets is flipped at random",
    source="Chintala et al. 2016, How to Train a GAN? (github.com/soumith/ganhacks), tip 6",
    config=LabelFlipConfig,
    build=LabelFlip,
    traits=frozenset({Trait.CHANGES_TARGETS}),
)
