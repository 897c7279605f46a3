"""The logistic loss of DCGAN: G maximises log D(G(z)) rather than minimising log(1 - D(G(z)))."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossConfig, LossSpec
from ganzoo_losses.logistic import binary_cross_entropy, softplus

if TYPE_CHECKING:
    from torch import Tensor

TARGETS = (1.0, 0.0)


class NonSaturatingConfig(LossConfig):
    """The non-saturating logistic loss has no settings; label targets are a balancing strategy's."""


class NonSaturating(Loss):
    """D: cross entropy with targets 1 for reals and 0 for fakes. G: -log sigmoid(fake).

    G's gradient is largest where D is surest that its images are fake. Use it unless there is a reason not to: with R1
    it is the loss of StyleGAN2, alone that of DCGAN.

    Source: Goodfellow et al. 2014, "Generative Adversarial Nets", section 3; Radford et al. 2016.
    """

    targets: ClassVar[tuple[float, float] | None] = TARGETS

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """Cross entropy of each logit with its target, elementwise; targets may be soft."""
        at_real, at_fake = targets or TARGETS
        return Split(binary_cross_entropy(real, at_real), binary_cross_entropy(fake, at_fake))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """-log sigmoid(fake), elementwise."""
        return softplus(-fake)


SPEC = LossSpec(
    name="non-saturating",
    summary="DCGAN's logistic loss; G maximises log D(G(z))",
    source="Goodfellow et al. 2014, Generative Adversarial Nets, section 3 (arXiv 1406.2661)",
    config=NonSaturatingConfig,
    build=lambda _: NonSaturating(),
    targets=True,
)
