"""The adversarial loss: formulas of logits, and what "D is right" means for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from ganzoo.contracts.batch import Split

if TYPE_CHECKING:
    from torch import Tensor


class Loss(ABC):
    """Elementwise formulas in the shape of the logits; the step takes the means. Never calls backward or step.

    Attributes:
        targets: a loss with label targets names their defaults, (real, fake); None: the loss has none.
        whole_batch: an image's loss depends on the other images' logits (relativistic averages). The step gives
            every loss the logits of all processes at once; `check_loss` holds a loss to what it declares here.
        generator_uses_real: the generator's loss reads D's logits of reals.
        undecided: the logit of a D that knows nothing: where the doctor reads what guessing costs, and from where the
            sign of a logit counts.
    """

    targets: ClassVar[tuple[float, float] | None] = None
    whole_batch: ClassVar[bool] = False
    generator_uses_real: ClassVar[bool] = False
    undecided: ClassVar[float] = 0.0

    @abstractmethod
    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """D's loss, real and fake apart; D minimises mean(real) + mean(fake).

        Args:
            real: D's logits of reals, [N] or [N, J].
            fake: D's logits of fakes, the same shape.
            targets: label targets in [0, 1], broadcastable to the logits; only for a loss with `targets`.

        Returns:
            Two tensors in the shape of the logits.
        """

    @abstractmethod
    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """G's loss in the shape of `fake`; `real` is given where `generator_uses_real`. G minimises the mean."""

    def correct(self, real: Tensor, fake: Tensor) -> Split:
        """Where D is right, as this loss means it: booleans in the shape of the logits. By default the sign."""
        return Split(real=real > 0, fake=fake < 0)
