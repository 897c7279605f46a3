"""self-reconstruction: D's features must be enough to draw the real images again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Role, Term, TermInput
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait, UsageError

if TYPE_CHECKING:
    from torch import Tensor, nn

ERROR = "reconstruction_error"


class SelfReconstructionConfig(StrategyConfig):
    """How strongly."""

    weight: float = Field(default=1.0, ge=0)
    """Factor on the error of D's decoders."""


class SelfReconstruction(BalancingStrategy):
    """Adds E ||decoded(D's features of x) - x|| over reals x to D's loss.

    For few images: a D that must be able to draw what it sees looks at all of it, instead of learning by heart the one
    spot that tells. It needs a discriminator that offers `reconstruction_error`.

    Source: Liu et al. 2021, section 3.2, eq. 3; on reals only, as there. The authors' code measures by features of
    another network (LPIPS); here it is the mean absolute difference.
    """

    def __init__(self, config: SelfReconstructionConfig) -> None:
        self.config = config

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """The network as it is.

        Raises:
            UsageError: a discriminator that does not decode its features.
        """
        if role is Role.DISCRIMINATOR:
            from ganzoo.contracts import Discriminator

            assert isinstance(network, Discriminator)  # D's role
            if ERROR not in network.extras:
                raise UsageError(
                    f"`self-reconstruction` needs a discriminator that decodes its features, and "
                    f"{type(network).__name__} does not",
                    hint="take `--discriminator fastgan`, or leave the strategy out",
                )
        return network

    def terms(self) -> Sequence[Term]:
        """One term of D's."""
        return (
            Term(
                name="self_reconstruction",
                role=Role.DISCRIMINATOR,
                value=self._of_reals,
                weight=self.config.weight,
                extras=frozenset({ERROR}),
            ),
        )

    @staticmethod
    def _of_reals(given: TermInput) -> Tensor:
        return given.real.judgement.extras[ERROR]


SPEC = BalancingSpec(
    name="self-reconstruction",
    summary="D's features must be enough to draw the real images again; for few images",
    source="Liu, Zhu, Song & Elgammal 2021, Towards Faster and Stabilized GAN Training (arXiv 2101.04775), 3.2",
    config=SelfReconstructionConfig,
    example="ganzoo run dcgan --discriminator fastgan --balance self-reconstruction",
    build=SelfReconstruction,
    traits=frozenset({Trait.IMAGES_ONLY}),
)
