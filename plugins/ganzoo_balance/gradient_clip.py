"""gradient-clip: no update is larger than this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from ganzoo.contracts import BalancingStrategy, Role
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig

if TYPE_CHECKING:
    from torch import nn


class GradientClipConfig(StrategyConfig):
    """How large a gradient may be, by role."""

    generator: float | None = Field(default=1.0, gt=0)
    """Limit for G; none: G's gradients stay."""
    discriminator: float | None = Field(default=1.0, gt=0)
    """Limit for D; none: D's gradients stay."""
    by: Literal["norm", "value"] = "norm"
    """What is limited: the norm of all of a network's gradients together, which keeps their direction; or each number
    by itself."""

    @model_validator(mode="after")
    def _clips_something(self) -> GradientClipConfig:
        if self.generator is None and self.discriminator is None:
            raise ValueError("`generator` and `discriminator` are both none: nothing would be clipped")
        return self


class GradientClip(BalancingStrategy):
    """g <- g x min(1, limit / |g|) over all of a network's gradients; by value: each number into [-limit, limit].

    Against rare spikes: a run that goes well and suddenly falls over, losses that jump by an order of magnitude. Under
    Adam a limit that is *always* reached changes almost nothing, since Adam divides by the size of the gradients: look
    at the gradient norms of a healthy stretch (they are recorded before clipping) and take two to ten times that.

    Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", section 3.2 (algorithm 1).
    """

    def __init__(self, config: GradientClipConfig) -> None:
        self.config = config

    def around_apply(self, role: Role, parameters: Sequence[nn.Parameter], apply: Callable[[], None]) -> None:
        """Clip, then step."""
        from torch.nn.utils import clip_grad_norm_, clip_grad_value_

        limit = self.config.generator if role is Role.GENERATOR else self.config.discriminator
        if limit is not None:
            clip = clip_grad_norm_ if self.config.by == "norm" else clip_grad_value_
            clip(parameters, limit)
        apply()


SPEC = BalancingSpec(
    name="gradient-clip",
    summary="Gradients of G and D no larger than a limit, against spikes",
    source="Pascanu et al. 2013, On the difficulty of training recurrent neural networks (arXiv 1211.5063)",
    config=GradientClipConfig,
    helps={Ailment.DIVERGING: Remedy(3, "cuts off the spikes")},
    build=GradientClip,
)
