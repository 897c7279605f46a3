"""dragan: D's slope is held at 1 around the real images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Batch, Role, Term, TermInput
from ganzoo.plugin import BalancingSpec, StrategyConfig
from ganzoo_balance.penalties import Every, Weight, distance_from_slope_one

if TYPE_CHECKING:
    from torch import Tensor


class DraganConfig(StrategyConfig):
    """How strongly, how far from the data, and how often."""

    weight: Weight = 10.0
    """Factor on the penalty, lambda in the source."""
    radius: float = Field(default=0.5, gt=0)
    """How far the points lie from the images at most, in standard deviations of the batch's pixels."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold."""


def perturbed(images: Tensor, std: Tensor, radius: float, share: Tensor, noise: Tensor) -> Tensor:
    """x + share x radius x std x noise.

    Args:
        images: [N, C, H, W].
        std: 0-dim, of all pixels of the batch.
        radius: above 0.
        share: [N, 1, 1, 1] in [0, 1): how far along the way an image goes.
        noise: [N, C, H, W] in [0, 1).
    """
    return images + share * radius * std * noise


class Dragan(BalancingStrategy):
    """Adds lambda x E (||grad D(x + u delta)|| - 1)² to D's loss; delta = c std(x) v, u and v uniform on [0, 1).

    Against mode collapse with logistic losses: the sharp slopes of D around single real images that draw many
    fakes to one point are levelled. Fakes play no part, so the penalty does not move as G learns. It costs a
    further forward and a second backward.

    Source: Kodali et al. 2017, "On Convergence and Stability of GANs"; lambda 10 and c 0.5 with the
    noise above from the authors' code (the paper's text has Gaussian noise).
    """

    def __init__(self, config: DraganConfig) -> None:
        self.config = config

    def terms(self) -> Sequence[Term]:
        """One term of D's."""
        return (
            Term(
                name="dragan",
                role=Role.DISCRIMINATOR,
                value=self._value,
                weight=self.config.weight,
                every=self.config.every,
            ),
        )

    def _value(self, given: TermInput) -> Tensor:
        import torch

        seen = given.real.seen
        images = seen.images.detach()
        mean, mean_square = given.mean_over_ranks(torch.stack([images.mean(), images.square().mean()]))
        std = (mean_square - mean.square()).clamp_min(0).sqrt()
        share = given.draws.named("share").uniform(1, 1, 1)[: len(images)]
        noise = given.draws.named("noise").uniform(*images.shape[1:])[: len(images)]
        points = perturbed(images, std, self.config.radius, share, noise).requires_grad_()
        return distance_from_slope_one(points, given.judge(Batch(points, seen.labels), frozenset()).logits)


SPEC = BalancingSpec(
    name="dragan",
    summary="D's gradient around real images has norm 1",
    source="Kodali et al. 2017, On Convergence and Stability of GANs (arXiv 1705.07215)",
    config=DraganConfig,
    build=Dragan,
)
