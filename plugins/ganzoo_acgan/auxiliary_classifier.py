"""auxiliary-classifier: D names the class of every image, and G helps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Role, Term, TermInput
from ganzoo.contracts.terms import Seen
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait, UsageError, given_labels

if TYPE_CHECKING:
    from torch import Tensor, nn

CLASS_LOGITS = "class_logits"


class AuxiliaryClassifierConfig(StrategyConfig):
    """How strongly."""

    discriminator: float = Field(default=1.0, ge=0)
    """Factor on the class losses of reals and of fakes in D's loss."""
    generator: float = Field(default=1.0, ge=0)
    """Factor on the class loss of fakes in G's loss."""


def class_loss(side: Seen) -> Tensor:
    """-log P(class = label), one value an image: [N] in float32."""
    from torch.nn import functional

    class_logits = side.judgement.extras[CLASS_LOGITS].float()
    labels = given_labels(side.seen.labels, class_logits.shape[1])
    return functional.cross_entropy(class_logits, labels, reduction="none")


class AuxiliaryClassifier(BalancingStrategy):
    """Adds E[-log P(c | x)] + E[-log P(c | G(z, c))] to D's loss, and the second to G's.

    D learns to tell the class beside telling real from fake, and G to make what is told right. It needs a discriminator
    that offers `class_logits`, and labels. G is rewarded for images whose class is easy to tell, which takes variety
    within a class away; projection (`cgan-projection`) does not.

    Source: Odena, Olah & Shlens 2017, "Conditional Image Synthesis with Auxiliary Classifier GANs", section 3.
    """

    def __init__(self, config: AuxiliaryClassifierConfig) -> None:
        self.config = config

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """The network as it is.

        Raises:
            UsageError: a discriminator that does not name classes.
        """
        if role is Role.DISCRIMINATOR:
            from ganzoo.contracts import Discriminator

            assert isinstance(network, Discriminator)  # D's role
            if CLASS_LOGITS not in network.extras:
                why = "names no classes" if network.num_classes is not None else "was built without labels"
                raise UsageError(
                    f"`auxiliary-classifier` needs a discriminator that names the class, and {type(network).__name__} "
                    f"{why}",
                    hint="train with labels, --set data.labels=true, and with `--discriminator acgan`",
                )
        return network

    def terms(self) -> Sequence[Term]:
        """One term of D's, one of G's."""
        wanted = frozenset({CLASS_LOGITS})
        return (
            Term(
                name="class_discriminator",
                role=Role.DISCRIMINATOR,
                value=lambda given: class_loss(given.real) + class_loss(given.fake),
                weight=self.config.discriminator,
                extras=wanted,
            ),
            Term(
                name="class_generator",
                role=Role.GENERATOR,
                value=self._of_fakes,
                weight=self.config.generator,
                extras=wanted,
            ),
        )

    @staticmethod
    def _of_fakes(given: TermInput) -> Tensor:
        return class_loss(given.fake)


SPEC = BalancingSpec(
    name="auxiliary-classifier",
    summary="D names the class of every image, and G makes images whose class is named right",
    source="Odena, Olah & Shlens 2017, Conditional Image Synthesis with Auxiliary Classifier GANs (arXiv 1610.09585)",
    config=AuxiliaryClassifierConfig,
    example="ganzoo run dcgan --discriminator acgan --set data.labels=true --balance auxiliary-classifier",
    build=AuxiliaryClassifier,
    traits=frozenset({Trait.IMAGES_ONLY}),
)
