"""batch-size: smaller batches, and so more turns for the same images."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Settings
from ganzoo.plugin import BalancingSpec, StrategyConfig

BATCH, STEPS = "training.batch_size", "training.steps"
AVERAGE, HALF_LIFE = "training.ema_beta", "training.ema_half_life_kimg"


class BatchSizeConfig(StrategyConfig):
    """By how much, and down to what."""

    factor: float = Field(default=0.25, gt=0, le=64)
    """Factor on the run's batch size."""
    at_least: int = Field(default=16, ge=1)
    """A batch is not made smaller than this."""


def scaled_batch(size: int, factor: float, at_least: int) -> int:
    """`size` x `factor`, rounded, but not below `at_least` unless `size` is there already."""
    return max(round(size * factor), min(size, at_least))


def is_given(path: str, settings: Settings) -> bool:
    """Whether a setting that may be none is a number, or a schedule."""
    return f"{path}.start" in settings or settings[path] is not None


class BatchSize(BalancingStrategy):
    """batch = factor x batch; what counts steps counts as many images as before.

    A run given by `training.steps` has steps x (batch before / after); the average of G has
    beta = beta ^ (batch after / before), unless its half-life is given, which counts images itself.

    An image costs nearly the same in a small batch as in a large one, and G learns once a turn: a quarter of the
    batch is four times the turns. On `avatars` at 32 px, in the same 80 thousand images, batches of 16 instead of 64
    improve the kernel distance of `r1r2` with the relativistic loss from 1.35 to 0.99, and that of the plain DCGAN from
    1.65 to 1.34, though its D is then right 100 % of the time; one seed each. On a GPU small batches leave the
    machine idle.

    Source: Keskar et al. 2017, "On Large-Batch Training for Deep Learning" (arXiv 1609.04836), for small batches;
    against them, on large networks and long runs, Brock et al. 2019, "Large Scale GAN Training" (arXiv 1809.11096),
    section 3.1. The default factor is ganzoo's.
    """

    def __init__(self, config: BatchSizeConfig) -> None:
        self.config = config

    def configure(self, settings: Settings) -> Mapping[str, object]:
        """The batch size, and what goes with it; nothing where the batch stays as it is."""
        before = int(settings.number(BATCH))
        after = scaled_batch(before, self.config.factor, self.config.at_least)
        if after == before:
            return {}
        changed: dict[str, object] = {BATCH: after}
        if is_given(STEPS, settings):
            changed[STEPS] = max(1, round(settings.number(STEPS) * before / after))
        if not is_given(HALF_LIFE, settings):  # which counts images, and decides in the place of beta
            changed[AVERAGE] = settings.number(AVERAGE) ** (after / before)
        return changed


SPEC = BalancingSpec(
    name="batch-size",
    summary="Smaller batches: more turns for the same images",
    source="Keskar et al. 2017, On Large-Batch Training for Deep Learning; Brock et al. 2019 (BigGAN), section 3.1",
    config=BatchSizeConfig,
    build=BatchSize,
)
