"""spectral-norm: no layer of D can stretch anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig, UsageError

if TYPE_CHECKING:
    from torch import nn


class SpectralNormConfig(StrategyConfig):
    """Which network, and how exactly."""

    generator: bool = False
    """G's layers too, as SAGAN has it; by default D's only."""
    power_iterations: int = Field(default=1, ge=1)
    """Steps towards the largest singular value in each forward."""


class SpectralNorm(BalancingStrategy):
    """W / sigma(W) in the place of each weight of D; sigma: its largest singular value, by power iteration.

    Every layer then stretches by a bounded factor, and so does D, wherever it is: a bound by construction, without a
    second backward, and any loss will do (hinge is usual). Batch norm undoes it, so take it out of D
    (`--set discriminator.norm=none`). D becomes slow: give it the higher rate (`lr-skew:ratio=4`) or more updates.
    Convolutions and linear layers are normalised, each as the matrix [outputs, rest]; in D label embeddings too, as
    its logit is linear in them.

    Source: Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks", algorithm 1, with one
    iteration a step; in G too: Zhang et al. 2019 (SAGAN), section 4.1.
    """

    def __init__(self, config: SpectralNormConfig) -> None:
        self.config = config

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """The network with its weights parametrised in place; layers that are so already stay.

        Raises:
            UsageError: the network is made of other layers.
        """
        if role is Role.GENERATOR and not self.config.generator:
            return network
        from torch import nn
        from torch.nn.utils.parametrizations import spectral_norm
        from torch.nn.utils.parametrize import is_parametrized

        kinds: tuple[type[nn.Module], ...] = (nn.modules.conv._ConvNd, nn.Linear)
        if not any(isinstance(module, kinds) for module in network.modules()):
            of_d = role is Role.DISCRIMINATOR
            raise UsageError(
                f"`spectral-norm` finds nothing to normalise in the {role}: {type(network).__name__} has no "
                "convolution or linear layer of PyTorch's own",
                hint="`r1` bounds the slope of any discriminator" if of_d else "leave out `generator=true`",
            )
        if role is Role.DISCRIMINATOR:
            kinds = (*kinds, nn.Embedding)
        for module in list(network.modules()):
            if isinstance(module, kinds) and not is_parametrized(module, "weight"):
                spectral_norm(module, n_power_iterations=self.config.power_iterations)
        return network


SPEC = BalancingSpec(
    name="spectral-norm",
    summary="Every layer of D has a largest singular value of 1",
    source="Miyato et al. 2018, Spectral Normalization for Generative Adversarial Networks (arXiv 1802.05957)",
    config=SpectralNormConfig,
    build=SpectralNorm,
)
