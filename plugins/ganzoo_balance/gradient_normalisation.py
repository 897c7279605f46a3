"""gradient-normalisation: D's slope is 1 at most, by division."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.contracts import BalancingStrategy, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig

if TYPE_CHECKING:
    from torch import nn


class GradientNormalisationConfig(StrategyConfig):
    """The normalisation has no settings."""


class GradientNormalisation(BalancingStrategy):
    """D^(x) = D(x) / (||grad D(x)|| + |D(x)|) in the place of D(x).

    The normalised D is between -1 and 1 and at most 1-Lipschitz, as a whole and not layer by layer: a hard bound
    with nothing to tune, where penalties ask and spectral norm restrains each layer. Made for hinge and Wasserstein
    losses (`--set loss.kind=hinge`); with a logistic loss the logits of at most 1 keep D from ever being surer than
    73 %. Each forward contains a backward, in G's turn too. D should have no batch norm.

    Source: Wu et al. 2021, "Gradient Normalization for Generative Adversarial Networks" (GN-GAN), section 3.
    """

    def __init__(self, config: GradientNormalisationConfig) -> None:
        self.config = config

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """D, wrapped; G as it is."""
        if role is not Role.DISCRIMINATOR:
            return network
        from ganzoo.contracts import Discriminator
        from ganzoo_balance.normalised import GradientNormalised

        assert isinstance(network, Discriminator)  # D's role
        return GradientNormalised(network)


SPEC = BalancingSpec(
    name="gradient-normalisation",
    summary="D is divided by its gradient's norm: at most 1-Lipschitz as a whole",
    source="Wu et al. 2021, Gradient Normalization for Generative Adversarial Networks (arXiv 2109.02235)",
    config=GradientNormalisationConfig,
    build=GradientNormalisation,
)
