"""feature-matching: G is to have the features of the data, on the average."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts import BalancingStrategy, Role, Term, TermInput
from ganzoo.plugin import BalancingSpec, StrategyConfig, UsageError
from ganzoo_balance.penalties import Every, Weight

if TYPE_CHECKING:
    from torch import Tensor, nn

FEATURES = "features"


class FeatureMatchingConfig(StrategyConfig):
    """How strongly, and how often."""

    weight: Weight = 1.0
    """Factor on the distance. It is a sum over all features, so for many of them 1 nearly replaces G's own loss."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold."""


def mean_difference(real: Tensor, fake: Tensor) -> Tensor:
    """E f(x) - E f(G(z)).

    Args:
        real: [N, ...] D's features of reals, of any precision.
        fake: [N, ...] of fakes, the same shape.

    Returns:
        [features] float32.
    """
    return real.flatten(1).float().mean(dim=0) - fake.flatten(1).float().mean(dim=0)


class FeatureMatching(BalancingStrategy):
    """Adds lambda x ||E f(x) - E f(G(z))||² to G's loss; f: D's features, the mean over the batch.

    For a G that cycles or collapses: instead of what D likes best at the moment it is given a target that moves
    slowly, the data's mean features, which one image repeated cannot reach. Statistics of a batch are noisy, so it
    likes large batches; detail comes from G's own loss, which stays. The discriminator must offer "features".

    Source: Salimans et al. 2016, section 3.1, who put it in the place of G's loss (their code for CIFAR has the mean
    absolute difference instead of the squared norm). The weight is ours.
    """

    def __init__(self, config: FeatureMatchingConfig) -> None:
        self.config = config

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """The network as it is.

        Raises:
            UsageError: a discriminator that does not offer its features.
        """
        if role is Role.DISCRIMINATOR:
            from ganzoo.contracts import Discriminator

            assert isinstance(network, Discriminator)  # D's role
            if FEATURES not in network.extras:
                raise UsageError(
                    f"`feature-matching` needs D's features, which {type(network).__name__} does not offer",
                    hint=f"it offers: {', '.join(sorted(network.extras)) or 'only logits'}; take another "
                    "discriminator, or leave the strategy out",
                )
        return network

    def terms(self) -> Sequence[Term]:
        """One term of G's."""
        return (
            Term(
                name="feature_matching",
                role=Role.GENERATOR,
                value=self._value,
                weight=self.config.weight,
                every=self.config.every,
                extras=frozenset({FEATURES}),
                uses_real=True,
            ),
        )

    def _value(self, given: TermInput) -> Tensor:
        real, fake = (side.judgement.extras[FEATURES] for side in (given.real, given.fake))
        difference = given.mean_over_ranks(mean_difference(real.detach(), fake))
        return difference.square().sum().expand(len(fake))


SPEC = BalancingSpec(
    name="feature-matching",
    summary="G matches the mean of D's features over the batch",
    source="Salimans et al. 2016, Improved Techniques for Training GANs (arXiv 1606.03498), section 3.1",
    config=FeatureMatchingConfig,
    build=FeatureMatching,
)
