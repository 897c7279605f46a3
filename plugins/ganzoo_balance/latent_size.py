"""latent-size: how many numbers an image is made from."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Settings
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig

LATENT_DIM = "generator.latent_dim"


class LatentSizeConfig(StrategyConfig):
    """How long a latent vector is."""

    latent_dim: int = Field(default=256, ge=1, le=65536)
    """Length of a latent vector."""


class LatentSize(BalancingStrategy):
    """generator.latent_dim = latent_dim.

    Longer where samples lack variety in simple respects; shorter (16 to 64) for small or simple data, where
    most of a long latent vector stays unused. A weak lever: try the others first.

    Source: the range in use: 100 in Radford et al. 2016 (DCGAN), 512 in Karras et al. 2019 (StyleGAN), 64 in
    Huang et al. 2024 (R3GAN).
    """

    def __init__(self, config: LatentSizeConfig) -> None:
        self.config = config

    def configure(self, settings: Settings) -> Mapping[str, object]:
        """The length of G's latents.

        Raises:
            UsageError: the generator has no `latent_dim` to set.
        """
        settings.number(LATENT_DIM)  # asked only so that a generator without one is an error
        return {LATENT_DIM: self.config.latent_dim}


SPEC = BalancingSpec(
    name="latent-size",
    summary="Longer or shorter latent vectors",
    source="Radford et al. 2016 use 100 (arXiv 1511.06434), Karras et al. 2019 use 512 (arXiv 1812.04948)",
    config=LatentSizeConfig,
    helps={Ailment.STALLED: Remedy(3, "a longer latent vector", "latent_dim=256")},
    build=LatentSize,
)
