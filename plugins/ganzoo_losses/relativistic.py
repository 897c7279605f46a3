"""Relativistic, paired: D tells which of a real and a fake is the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossConfig, LossSpec
from ganzoo_losses.logistic import softplus

if TYPE_CHECKING:
    from torch import Tensor


class RelativisticConfig(LossConfig):
    """The paired relativistic loss has no settings."""


class Relativistic(Loss):
    """D: -log sigmoid(real - fake), a pair at a time. G: -log sigmoid(fake - real).

    D only has to order each pair, so there is no fixed boundary on one side of which all fakes may gather:
    its landscape has no local minima where modes are dropped. Converges with R1 and R2, not without: use
    it with `r1r2`, as R3GAN does.

    Source: Jolicoeur-Martineau 2018, "The relativistic discriminator" (RSGAN); Huang et al. 2024, "The GAN is
    dead; long live the GAN!" (with zero-centred penalties).
    """

    generator_uses_real: ClassVar[bool] = True

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """Half of softplus(fake - real) on each side: their means add up to the mean over the pairs."""
        half = softplus(fake - real) / 2
        return Split(half, half)

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """softplus(real - fake), elementwise; `real` is always given."""
        assert real is not None  # `generator_uses_real`
        return softplus(real - fake)

    def correct(self, real: Tensor, fake: Tensor) -> Split:
        """Right, on both sides, is a real above its fake."""
        right = real > fake
        return Split(right, right)


SPEC = LossSpec(
    name="relativistic",
    summary="Logistic loss of each real against its fake; R3GAN's, for use with R1 + R2",
    source="Jolicoeur-Martineau 2018 (arXiv 1807.00734); Huang et al. 2024, R3GAN (arXiv 2501.05441)",
    config=RelativisticConfig,
    build=lambda _: Relativistic(),
    compares=True,
)
