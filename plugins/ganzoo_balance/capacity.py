"""capacity: a narrower D, or a wider G."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Settings
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig

MULTIPLE = 8
"""Widths are kept at multiples of this, which matrix units like."""


class CapacityConfig(StrategyConfig):
    """Factors on the two widths."""

    generator: float = Field(default=1.0, gt=0, le=16)
    """Factor on G's width."""
    discriminator: float = Field(default=0.5, gt=0, le=16)
    """Factor on D's width. A half has about a quarter of the weights."""


def scaled_width(width: int, factor: float) -> int:
    """`width` x `factor`, rounded to a multiple of 8 and at least 8, but never moved against the factor.

    Args:
        width: channels, at least 1.
        factor: above 0; 1 leaves any width as it is.
    """
    rounded = max(MULTIPLE, MULTIPLE * math.floor(width * factor / MULTIPLE + 0.5))
    if factor < 1:
        return min(rounded, width)
    return max(rounded, width) if factor > 1 else width


class Capacity(BalancingStrategy):
    """width = factor x width, for G and for D.

    When D wins from the first epoch on and slowing it down does not help: it is too strong for the data, and
    a narrower one is cheaper too. A wider G costs time and helps only where G is what lacks.

    Source: Radford et al. 2016 use equal widths; Arora et al. 2017, "Generalization and Equilibrium in
    Generative Adversarial Nets", show that what G learns is bounded by D's capacity, so do not halve it
    twice.
    """

    def __init__(self, config: CapacityConfig) -> None:
        self.config = config

    def configure(self, settings: Settings) -> Mapping[str, object]:
        """The widths whose factor is not 1.

        Raises:
            UsageError: a network that has no width.
        """
        factors = {"generator.width": self.config.generator, "discriminator.width": self.config.discriminator}
        return {
            path: scaled_width(int(settings.number(path)), factor) for path, factor in factors.items() if factor != 1
        }


SPEC = BalancingSpec(
    name="capacity",
    summary="A narrower D, or a wider G",
    source="Arora et al. 2017, Generalization and Equilibrium in GANs (arXiv 1703.00573)",
    config=CapacityConfig,
    helps={Ailment.STALLED: Remedy(2, "a wider G", "generator=2,discriminator=1")},
    build=Capacity,
)
