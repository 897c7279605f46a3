"""d-dropout: D sees its own features through noise."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Settings
from ganzoo.plugin import BalancingSpec, StrategyConfig

DROPOUT = "discriminator.dropout"


class DiscriminatorDropoutConfig(StrategyConfig):
    """How much of D's features is left out."""

    probability: float = Field(default=0.3, ge=0, lt=1)
    """Share of activations set to zero after each of D's stages while training."""


class DiscriminatorDropout(BalancingStrategy):
    """discriminator.dropout = probability.

    For small data sets, where D learns the images by heart: real accuracy near 1 on training images, less on
    others. It also makes D's answers noisy, which G feels.

    Source: Srivastava et al. 2014; in a GAN's discriminator Odena et al. 2017 (AC-GAN, 0.5 in every layer).
    """

    def __init__(self, config: DiscriminatorDropoutConfig) -> None:
        self.config = config

    def configure(self, settings: Settings) -> Mapping[str, object]:
        """D's dropout.

        Raises:
            UsageError: the discriminator has no dropout to set.
        """
        settings.number(DROPOUT)  # asked only so that a discriminator without one is an error
        return {DROPOUT: self.config.probability}


SPEC = BalancingSpec(
    name="d-dropout",
    summary="Dropout in D, against learning a small data set by heart",
    source="Srivastava et al. 2014, Dropout; Odena et al. 2017, AC-GAN, appendix A (arXiv 1610.09585)",
    config=DiscriminatorDropoutConfig,
    build=DiscriminatorDropout,
)
