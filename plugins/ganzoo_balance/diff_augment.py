"""diff-augment: D sees reals and fakes through the same random changes, and G learns through them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Batch, Draws, Moment, Role, Views, ViewStage
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor


class DiffAugmentConfig(StrategyConfig):
    """How strong each of the three policies is; 0 leaves one out."""

    colour: float = Field(default=1.0, ge=0, le=1)
    """Share of the published ranges: brightness +-0.5, saturation x0 to x2, contrast x0.5 to x1.5."""
    translation: float = Field(default=0.125, ge=0, lt=1)
    """Farthest move in each direction, as a share of the image's size; what comes in is grey."""
    cutout: float = Field(default=0.5, ge=0, le=1)
    """Side of the grey square, as a share of the image's size."""


def augmented(images: Tensor, config: DiffAugmentConfig, draws: Draws) -> Tensor:
    """Colour, translation, cutout, in this order, each image by numbers of its own.

    Args:
        images: [N, C, H, W] in [-1, 1].
        config: the strengths; all 0 gives the images themselves.
        draws: of this batch.
    """
    from ganzoo_balance.augmentations import cut_out, recoloured, translated

    size = images.shape[-1]
    if config.colour > 0:
        brightness, saturation, contrast = draws.named("colour").uniform(3)[: len(images)].unbind(dim=1)
        images = recoloured(
            images,
            brightness=config.colour * (brightness - 0.5),
            saturation=1.0 + config.colour * (2.0 * saturation - 1.0),
            contrast=1.0 + config.colour * (contrast - 0.5),
        )
    farthest = int(size * config.translation + 0.5)
    if farthest > 0:
        right, down = draws.named("translation").integers(2 * farthest + 1, 2)[: len(images)].unbind(dim=1)
        images = translated(images, right - farthest, down - farthest)
    side = int(size * config.cutout + 0.5)
    if side > 0:
        column, row = draws.named("cutout").integers(size + 1 - side % 2, 2)[: len(images)].unbind(dim=1)
        images = cut_out(images, column, row, side)
    return images


class DiffAugment(BalancingStrategy):
    """D(T(x)), D(T(G(z))) in D's turn and D(T(G(z))) in G's; T: random colour, translation and cutout, anew each time.

    For few images (some thousand and less): D cannot learn them by heart, since it never sees one twice. As fakes
    are changed alike and G's gradient passes through T, the changes do not leak into what G makes. On plenty of data
    it gains little. Leave a policy out where it would turn one kind of image into another (colour, where colour is
    what tells them apart).

    Source: Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", section 3, with the
    ranges of the authors' code; reals and fakes are changed by independent numbers, as there.
    """

    view_stage: ClassVar[ViewStage] = ViewStage.AUGMENT

    def __init__(self, config: DiffAugmentConfig) -> None:
        self.config = config

    def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
        """Both batches, changed."""
        changed = None if real is None else self._changed(real, draws.named("real"))
        return Views(changed, self._changed(fake, draws.named("fake")))

    def _changed(self, batch: Batch, draws: Draws) -> Batch:
        return replace(batch, images=augmented(batch.images, self.config, draws))


SPEC = BalancingSpec(
    name="diff-augment",
    summary="Random colour, translation and cutout on all that D sees; for few images",
    source="Zhao et al. 2020, Differentiable Augmentation for Data-Efficient GAN Training (arXiv 2006.10738)",
    config=DiffAugmentConfig,
    build=DiffAugment,
    traits=frozenset({Trait.IMAGES_ONLY}),
)
