"""Wasserstein: D is a critic whose scores, not their signs, mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossConfig, LossSpec

if TYPE_CHECKING:
    from torch import Tensor


class WassersteinConfig(LossConfig):
    """The Wasserstein loss has no settings; what keeps the critic Lipschitz is a strategy of its own."""


class Wasserstein(Loss):
    """D: -real and fake. G: -fake.

    Means something only while D is kept Lipschitz: by clipping, a penalty, or spectral norm. Use it
    with `gradient-penalty` and several updates of D, as the recipe `wgan-gp` does: D's loss then tracks a distance.

    Source: Arjovsky, Chintala & Bottou 2017, "Wasserstein GAN", algorithm 1.
    """

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """-real and fake, elementwise."""
        return Split(-real, fake.clone())

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """-fake, elementwise."""
        return -fake

    def correct(self, real: Tensor, fake: Tensor) -> Split:
        """Right is above the fakes' mean for a real and below the reals' mean for a fake.

        A critic's scores have no zero: a constant added to all of them changes no loss. Means are over the
        images, a head at a time.
        """
        return Split(real > fake.mean(dim=0, keepdim=True), fake < real.mean(dim=0, keepdim=True))


SPEC = LossSpec(
    name="wasserstein",
    summary="The critic's mean score of fakes minus that of reals; needs a Lipschitz critic",
    source="Arjovsky, Chintala & Bottou 2017, Wasserstein GAN, algorithm 1 (arXiv 1701.07875)",
    config=WassersteinConfig,
    build=lambda _: Wasserstein(),
    compares=True,
)
