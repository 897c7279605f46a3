"""d-warmup: D begins slowly, while G is still noise."""

from __future__ import annotations

from pydantic import Field, model_validator

from ganzoo.contracts import BalancingStrategy, Moment, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig

DEFAULT_KIMG = 16.0


class DiscriminatorWarmupConfig(StrategyConfig):
    """How slowly D begins, and for how long."""

    start: float = Field(default=0.1, gt=0, le=1)
    """Factor on D's learning rate at the first step; it rises to 1 in a straight line."""
    kimg: float | None = Field(default=None, gt=0)
    """Thousand real images until D learns at its full rate. 16 where neither this nor `epochs` is given."""
    epochs: float | None = Field(default=None, gt=0)
    """Passes over the data set until D learns at its full rate, instead of `kimg`."""

    @model_validator(mode="after")
    def _one_length(self) -> DiscriminatorWarmupConfig:
        if self.kimg is not None and self.epochs is not None:
            raise ValueError("give `kimg` or `epochs`, one of them")
        return self


def ramp(start: float, share: float) -> float:
    """From `start` at share 0 in a straight line to 1 at share 1, and 1 from there on."""
    return start + (1.0 - start) * min(1.0, share)


class DiscriminatorWarmup(BalancingStrategy):
    """D's rate x (start + (1 - start) x progress), progress = images seen / length, at most 1.

    For runs that collapse at once: fresh fakes are so easy that D is certain before G has learned anything.
    The rate is what is scaled, since under Adam a smaller loss moves D no less.

    Source: warm-up of rates, Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 2.2, for D alone;
    the need in GANs: Arjovsky & Bottou 2017, "Towards Principled Methods for Training GANs".
    """

    def __init__(self, config: DiscriminatorWarmupConfig) -> None:
        self.config = config

    def rate(self, role: Role, moment: Moment) -> float:
        """The ramp for D, 1 for G."""
        if role is not Role.DISCRIMINATOR:
            return 1.0
        if self.config.epochs is not None:
            return ramp(self.config.start, moment.epoch / self.config.epochs)
        return ramp(self.config.start, moment.kimg / (self.config.kimg or DEFAULT_KIMG))


SPEC = BalancingSpec(
    name="d-warmup",
    summary="D's learning rate rises from a tenth over the first images",
    source="Goyal et al. 2017, section 2.2 (arXiv 1706.02677); Arjovsky & Bottou 2017 (arXiv 1701.04862)",
    config=DiscriminatorWarmupConfig,
    build=DiscriminatorWarmup,
)
