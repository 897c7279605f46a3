"""label-smoothing: D is never asked to be quite sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Draws, Origin, Role
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor


class LabelSmoothingConfig(StrategyConfig):
    """What takes the place of the targets 1 and 0."""

    real: float = Field(default=0.9, gt=0.5, le=1)
    """Target of reals in D's loss, instead of 1."""
    fake: float = Field(default=0.0, ge=0, lt=0.5)
    """Target of fakes in D's loss, instead of 0. The source advises against any other: see the strategy."""


def smoothed(targets: Tensor, real: float, fake: float) -> Tensor:
    """fake + (real - fake) x target: 1 becomes `real`, 0 becomes `fake`.

    Args:
        targets: [N] in [0, 1].
        real: in (0.5, 1].
        fake: in [0, 0.5).
    """
    return fake + (real - fake) * targets


class LabelSmoothing(BalancingStrategy):
    """target = 0.9 where it was 1, in D's loss only; 0 stays 0.

    For logistic losses: D stops pushing the logits of reals beyond log(0.9 / 0.1) = 2.2, which keeps it less sure
    of itself and G's gradient alive. Cheap and mild: it slows a runaway D down but does not stop it. One-sided,
    since a target above 0 for fakes would reward G where it already puts images and the data is not. Name it before
    `label-flip`: the flips then swap smoothed targets.

    Source: Salimans et al. 2016, "Improved Techniques for Training GANs", section 3.4, with 0.9; Szegedy et al.
    2016 for classifiers.
    """

    def __init__(self, config: LabelSmoothingConfig) -> None:
        self.config = config

    def targets(self, targets: Tensor, origin: Origin, role: Role, draws: Draws) -> Tensor:
        """D's targets, smoothed; G's as they are."""
        if role is not Role.DISCRIMINATOR:
            return targets
        return smoothed(targets, self.config.real, self.config.fake)


SPEC = BalancingSpec(
    name="label-smoothing",
    summary="D's target for real images is 0.9 instead of 1",
    source="Salimans et al. 2016, Improved Techniques for Training GANs (arXiv 1606.03498), section 3.4",
    config=LabelSmoothingConfig,
    helps={Ailment.DISCRIMINATOR_OVERPOWERS: Remedy(4, "D may not be certain")},
    build=LabelSmoothing,
    traits=frozenset({Trait.CHANGES_TARGETS}),
)
