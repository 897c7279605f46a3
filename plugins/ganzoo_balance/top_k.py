"""top-k: G learns from its best fakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Observation, Origin, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig
from ganzoo_balance.penalties import one_an_image

if TYPE_CHECKING:
    from torch import Tensor


class TopKConfig(StrategyConfig):
    """How choosy G becomes, and how fast."""

    decay: float = Field(default=0.99, gt=0, le=1)
    """Factor on the share of fakes that count, an epoch; gamma in the source."""
    least: float = Field(default=0.5, gt=0, le=1)
    """Share of fakes at which it stays; nu in the source."""


def kept_count(count: int, epoch: float, decay: float, least: float) -> int:
    """max(decay^epoch, least) x count, rounded, at least 1.

    Args:
        count: fakes in the batch.
        epoch: passes over the data set so far; the share falls smoothly, not at their ends only.
        decay: in (0, 1].
        least: in (0, 1].
    """
    share: float = max(decay**epoch, least)
    return max(1, round(share * count))


def best_only(logits: Tensor, kept: int) -> Tensor:
    """N/k for the k highest logits and 0 for the others, so that the mean over N is the mean over the best k.

    Args:
        logits: [N].
        kept: k, from 1 to N.

    Returns:
        [N] float, without a gradient.
    """
    import torch

    best = logits.detach().topk(kept).indices
    return torch.zeros_like(logits.detach()).index_fill(0, best, len(logits) / kept)


class TopK(BalancingStrategy):
    """G's loss is the mean over the k fakes that D likes best; k falls from N to N/2 as 0.99^epoch.

    The gradient at its worst fakes leads G away from the nearest mode as often as towards it; once D can tell them,
    they are left out. Early in training D cannot, hence the decay by epochs: a run of 24 epochs only comes to 0.79
    (`decay=0.95` reaches a half after 14). Costs nothing; it favours quality over variety, so not for a run that
    collapses.

    Source: Sinha et al. 2020, "Top-k Training of GANs: Improving GAN Performance by Throwing Away Bad Samples",
    section 3, with gamma 0.99 and nu 0.5.
    """

    def __init__(self, config: TopKConfig) -> None:
        self.config = config
        self.epoch = 0.0

    def observe(self, observation: Observation) -> None:
        """Remember how far the run is: `weights` is not told."""
        self.epoch = observation.moment.epoch

    def weights(self, logits: Tensor, origin: Origin, role: Role) -> Tensor | float:
        """For G's fakes N/k or 0; 1 for all else."""
        if role is not Role.GENERATOR or origin is not Origin.FAKE:
            return 1.0
        kept = kept_count(len(logits), self.epoch, self.config.decay, self.config.least)
        return 1.0 if kept == len(logits) else best_only(one_an_image(logits), kept)

    def state_dict(self) -> dict[str, object]:
        """How far the run is."""
        return {"epoch": self.epoch}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        epoch = state["epoch"]
        assert isinstance(epoch, float)
        self.epoch = epoch


SPEC = BalancingSpec(
    name="top-k",
    summary="G learns from the fakes that D likes best",
    source="Sinha et al. 2020, Top-k Training of GANs (arXiv 2002.06224)",
    config=TopKConfig,
    build=TopK,
)
