"""weight-clip: D's weights stay in a box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig

if TYPE_CHECKING:
    from torch import nn


class WeightClipConfig(StrategyConfig):
    """How large D's weights may be."""

    limit: float = Field(default=0.01, gt=0)
    """Every trainable parameter of D is kept within -limit ... limit."""


class WeightClip(BalancingStrategy):
    """w <- clip(w, -limit, limit) for every parameter of D, after each of its updates.

    Keeps D Lipschitz, which a Wasserstein loss needs; the first way to do so, and the crudest: D becomes too simple a
    function, and its gradients vanish or explode with depth. There for comparison and for toy problems; for images take
    a gradient penalty or spectral norm. The source goes with RMSProp at 5e-5 for both and five updates of D
    (`update-ratio:discriminator=5,generator=1`).

    Source: Arjovsky et al. 2017, "Wasserstein GAN", algorithm 1 (limit 0.01); what it does wrong: Gulrajani et al.
    2017, section 3.
    """

    def __init__(self, config: WeightClipConfig) -> None:
        self.config = config

    def around_apply(self, role: Role, parameters: Sequence[nn.Parameter], apply: Callable[[], None]) -> None:
        """Step, then clip D."""
        import torch

        apply()
        if role is Role.DISCRIMINATOR:
            with torch.no_grad():
                for parameter in parameters:
                    parameter.clamp_(-self.config.limit, self.config.limit)


SPEC = BalancingSpec(
    name="weight-clip",
    summary="D's weights kept in a small box, as in the first Wasserstein GAN",
    source="Arjovsky et al. 2017, Wasserstein GAN, algorithm 1 (arXiv 1701.07875)",
    config=WeightClipConfig,
    build=WeightClip,
)
