"""Least squares: logits are pulled to targets, so judgements that are already right still pull."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossConfig, LossSpec

if TYPE_CHECKING:
    from torch import Tensor

TARGETS = (1.0, 0.0)


class LeastSquaresConfig(LossConfig):
    """The least-squares loss has no settings; label targets are a balancing strategy's."""


def half_squared_distance(logits: Tensor, target: Tensor | float) -> Tensor:
    """(logits - target)² / 2, elementwise."""
    return (logits - target).square() / 2


class LeastSquares(Loss):
    """D: half the squared distance to 1 for reals and to 0 for fakes. G: half the squared distance to 1.

    The coding a = 0, b = c = 1 of the paper's eq. 9. It pulls at samples that are judged right and yet lie far from the
    reals. Use it where the logistic loss leaves G without a gradient and no penalty is wanted; a D without bounds may
    still run away.

    Source: Mao et al. 2017, "Least Squares Generative Adversarial Networks".
    """

    targets: ClassVar[tuple[float, float] | None] = TARGETS
    undecided: ClassVar[float] = 0.5

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """Half the squared distance of each logit to its target, elementwise."""
        at_real, at_fake = targets or TARGETS
        return Split(half_squared_distance(real, at_real), half_squared_distance(fake, at_fake))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """(fake - 1)² / 2, elementwise."""
        return half_squared_distance(fake, 1.0)

    def correct(self, real: Tensor, fake: Tensor) -> Split:
        """Right is nearer to the own target than to the other's: beyond their middle, 0.5."""
        return Split(real > 0.5, fake < 0.5)


SPEC = LossSpec(
    name="least-squares",
    summary="Squared distance of the logits to 1 (real) and 0 (fake); LSGAN",
    source="Mao et al. 2017, Least Squares Generative Adversarial Networks, eq. 9 (arXiv 1611.04076)",
    config=LeastSquaresConfig,
    build=lambda _: LeastSquares(),
    targets=True,
)
