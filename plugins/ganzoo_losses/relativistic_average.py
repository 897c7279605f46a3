"""Relativistic average: D tells a real from the average fake, and a fake from the average real."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossConfig, LossSpec
from ganzoo_losses.logistic import softplus

if TYPE_CHECKING:
    from torch import Tensor


class RelativisticAverageConfig(LossConfig):
    """The relativistic average loss has no settings."""


def above_average(logits: Tensor, others: Tensor) -> Tensor:
    """Logits minus the other side's mean over the images, a head at a time; [N] or [N, J]."""
    return logits - others.mean(dim=0, keepdim=True)


class RelativisticAverage(Loss):
    """D: softplus(-(real - mean fake)) and softplus(fake - mean real). G: both, sides exchanged, added up.

    D compares each image with the mean of the other side, so that G also lowers the reals. Use it with batches large
    enough for their mean to mean something; `relativistic` needs none.

    Source: Jolicoeur-Martineau 2018, "The relativistic discriminator" (RaSGAN).
    """

    whole_batch: ClassVar[bool] = True
    generator_uses_real: ClassVar[bool] = True

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """-log sigmoid of each real above the fakes' mean, and of the reals' mean above each fake."""
        return Split(softplus(-above_average(real, fake)), softplus(above_average(fake, real)))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """-log sigmoid of each fake above the reals' mean, plus that of the fakes' mean above each real."""
        assert real is not None  # `generator_uses_real`
        return softplus(-above_average(fake, real)) + softplus(above_average(real, fake))

    def correct(self, real: Tensor, fake: Tensor) -> Split:
        """Right is a real above the fakes' mean, and a fake below the reals' mean."""
        return Split(above_average(real, fake) > 0, above_average(fake, real) < 0)


SPEC = LossSpec(
    name="relativistic-average",
    summary="Logistic loss of each image against the other side's average; RaGAN",
    source="Jolicoeur-Martineau 2018, The relativistic discriminator (arXiv 1807.00734)",
    config=RelativisticAverageConfig,
    build=lambda _: RelativisticAverage(),
    compares=True,
)
