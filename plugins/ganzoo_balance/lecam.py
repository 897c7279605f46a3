"""lecam: D's answers are tied to where its answers of the other side have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Role, Term, TermInput
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait
from ganzoo_balance.penalties import Every, Weight, one_an_image

if TYPE_CHECKING:
    from torch import Tensor


class LeCamConfig(StrategyConfig):
    """How strongly, how long it remembers, and how often."""

    weight: Weight = 0.3
    """Factor on the penalty, lambda in the source: 0.3 there for 32 px."""
    decay: float = Field(default=0.99, ge=0, lt=1)
    """Weight of the past in the anchors' moving averages, each time the penalty is computed."""
    every: Every = 1
    """Computed in every n-th step only, then weighted n-fold."""


def lecam_distance(real: Tensor, fake: Tensor, real_anchor: Tensor, fake_anchor: Tensor) -> Tensor:
    """(D(x) - a_F)² + (D(G(z)) - a_R)², one value a pair.

    Args:
        real: [N] logits of reals.
        fake: [N] logits of fakes.
        real_anchor: 0-dim, a_R: where the logits of reals have been.
        fake_anchor: 0-dim, a_F: where those of fakes have been.

    Returns:
        [N], in logit².

    Source: Tseng et al. 2021, section 3.
    """
    return (real - fake_anchor).square() + (fake - real_anchor).square()


class LeCam(BalancingStrategy):
    """Adds lambda x (E (D(x) - a_F)² + E (D(G(z)) - a_R)²) to D's loss; a_R, a_F: moving averages of D's logits.

    For few images (some thousand and less), where D learns them by heart and its answers drift apart for ever: each
    side's logits are pulled towards where the other side's were, and G's gradient stays. No second backward; goes
    well with `diff-augment` and `ada`. Patch logits [N, J] count as their mean.

    Source: Tseng et al. 2021, "Regularizing GANs under Limited Data", section 3; lambda 0.3 as their scripts for BigGAN
    on CIFAR, decay 0.99 and averages without start-up bias as their StyleGAN2 code. Their code lets a distance
    count only while D is on the right side of the anchor (a ReLU); here it is as in the paper.
    """

    def __init__(self, config: LeCamConfig) -> None:
        self.config = config
        self.sums: Tensor | None = None
        self.mass: Tensor | None = None  # what the weights in each sum add up to: 1 in the long run

    def terms(self) -> Sequence[Term]:
        """One term of D's."""
        return (
            Term(
                name="lecam",
                role=Role.DISCRIMINATOR,
                value=self._value,
                weight=self.config.weight,
                every=self.config.every,
            ),
        )

    def _value(self, given: TermInput) -> Tensor:
        real, fake = (one_an_image(side.judgement.logits) for side in (given.real, given.fake))
        real_anchor, fake_anchor = self._remembered(given, real.detach().mean(), fake.detach().mean())
        return lecam_distance(real, fake, real_anchor, fake_anchor)

    def _remembered(self, given: TermInput, real: Tensor, fake: Tensor) -> Tensor:
        """[2]: the anchors a_R, a_F with this batch's means taken in; global over processes, on the device."""
        import torch

        decay = self.config.decay
        present = given.mean_over_ranks(torch.stack([real, fake]))
        sums, mass = (
            torch.zeros_like(present) if past is None else past.to(present) for past in (self.sums, self.mass)
        )
        # An update that is not finite is left out; what it measured must not stay behind in the averages.
        finite = present.isfinite()
        self.sums = torch.where(finite, decay * sums + (1 - decay) * present, sums)
        self.mass = torch.where(finite, decay * mass + (1 - decay), mass)
        return self.sums / self.mass

    def state_dict(self) -> dict[str, object]:
        """The averages' sums, and what their weights add up to."""
        return {"sums": self.sums, "mass": self.mass}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        from torch import Tensor

        sums, mass = state["sums"], state["mass"]
        assert sums is None or isinstance(sums, Tensor)
        assert mass is None or isinstance(mass, Tensor)
        self.sums, self.mass = sums, mass


SPEC = BalancingSpec(
    name="lecam",
    summary="D's logits are tied to moving averages of the other side's; for few images",
    source="Tseng et al. 2021, Regularizing Generative Adversarial Networks under Limited Data (arXiv 2104.03310)",
    config=LeCamConfig,
    helps={Ailment.MEMORISING: Remedy(3, "keeps D's word on few images moderate")},
    build=LeCam,
    traits=frozenset({Trait.REMEMBERS_BATCHES}),
)
