"""The formulas of my-loss."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import softplus

from ganzoo.contracts import Loss, Split
from ganzoo_my_loss.settings import MyLossConfig


def cost_of_certainty(logits: Tensor, sharpness: float) -> Tensor:
    """log(1 + exp(s logit)) / s, elementwise: near 0 far below 0, near the logit far above it."""
    return softplus(sharpness * logits) / sharpness


class MyLoss(Loss):
    """D: cost(-real) and cost(fake). G: cost(-fake), the non-saturating form.

    Elementwise, in the shape of the logits; the step takes the means.
    """

    def __init__(self, config: MyLossConfig) -> None:
        self.config = config

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """Reals shall have high logits, fakes low ones."""
        sharpness = self.config.sharpness
        return Split(cost_of_certainty(-real, sharpness), cost_of_certainty(fake, sharpness))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """Fakes shall have high logits."""
        return cost_of_certainty(-fake, self.config.sharpness)
