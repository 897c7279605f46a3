"""Hinge: D stops learning from images it already judges right by a margin of 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossConfig, LossSpec

if TYPE_CHECKING:
    from torch import Tensor


class HingeConfig(LossConfig):
    """The hinge loss has no settings."""


def hinge(margin: Tensor) -> Tensor:
    """max(0, 1 - margin), elementwise."""
    return (1 - margin).relu()


class Hinge(Loss):
    """D: max(0, 1 - real) and max(0, 1 + fake). G: -fake.

    D stops learning from images it judges right by a margin of 1. Use it with spectral norm, as SNGAN and SAGAN do, or
    where D grows too sure of easy images.

    Source: Lim & Ye 2017, "Geometric GAN"; Miyato et al. 2018, "Spectral Normalization".
    """

    def discriminator(self, real: Tensor, fake: Tensor, targets: Split | None = None) -> Split:
        """max(0, 1 - real) and max(0, 1 + fake), elementwise."""
        return Split(hinge(real), hinge(-fake))

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """-fake, elementwise."""
        return -fake


SPEC = LossSpec(
    name="hinge",
    summary="D learns only from images inside a margin of 1; goes well with spectral norm",
    source="Lim & Ye 2017, Geometric GAN (arXiv 1705.02894); Miyato et al. 2018 (arXiv 1802.05957)",
    config=HingeConfig,
    build=lambda _: Hinge(),
)
