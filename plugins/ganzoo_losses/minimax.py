"""The original game: G minimises exactly what D maximises."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossConfig, LossSpec
from ganzoo_losses.logistic import binary_cross_entropy, softplus

if TYPE_CHECKING:
    from torch import Tensor

TARGETS = (1.0, 0.0)


class MinimaxConfig(LossConfig):
    """The minimax loss has no settings; label targets are a balancing strategy's."""


class Minimax(Loss):
    """D: cross entropy with targets 1 and 0. G: log(1 - sigmoid(fake)), which is negative.

    It saturates: where D is sure that an image is fake, G's gradient vanishes. Kept to show just that: use
    it for that only, and `non-saturating` otherwise.

    Source: Goodfellow et al. 2014, "Generative Adversarial Nets", eq. 1.
    """

    targets: ClassVar[tuple[float, float] | None] = TARGETS

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """Cross entropy of each logit with its target, elementwise; targets may be soft."""
        at_real, at_fake = targets or TARGETS
        return Split(binary_cross_entropy(real, at_real), binary_cross_entropy(fake, at_fake))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """log(1 - sigmoid(fake)), elementwise."""
        return -softplus(fake)


SPEC = LossSpec(
    name="minimax",
    summary="The original saturating game: G's gradient vanishes where D is sure",
    source="Goodfellow et al. 2014, Generative Adversarial Nets, eq. 1 (arXiv 1406.2661)",
    config=MinimaxConfig,
    build=lambda _: Minimax(),
    targets=True,
)
