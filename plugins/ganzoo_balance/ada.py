"""ada: as much augmentation as D's overfitting asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Batch, Draws, Moment, Observation, Role, Views, ViewStage
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor


class AdaConfig(StrategyConfig):
    """Where D is held, how fast, and by which changes."""

    target: float = Field(default=0.6, gt=-1, lt=1)
    """Mean sign of D's logits of reals to hold, r_t in the source; 0.6 is 80 % of reals judged real."""
    kimg: float = Field(default=500.0, gt=0)
    """Thousand real images in which the probability can go from 0 to 1."""
    every: int = Field(default=4, ge=1)
    """D's forwards between two adjustments."""
    pipe: Literal["b", "bg", "bgc", "bc", "c"] = "bgc"
    """Which changes: b: mirroring, quarter turns, moves by whole pixels; g: scaling, turning, stretching, moving;
    c: brightness, contrast, luma flip, hue, saturation."""


def adjusted(p: float, sign: float, target: float, images: int, kimg: float) -> float:
    """p moved up where D's reals have a higher mean sign than the target, else down; kept in [0, 1].

    Args:
        p: in [0, 1].
        sign: mean sign of D on reals since the last adjustment, in [-1, 1].
        target: to hold.
        images: real images since the last adjustment.
        kimg: thousand images for the way from 0 to 1.
    """
    step = images / (1000 * kimg)
    return min(1.0, max(0.0, p + math.copysign(step, sign - target) if sign != target else p))


class AdaptiveAugmentation(BalancingStrategy):
    """p <- p + sign(r_t - 0.6) x images / 500 kimg, every 4 steps; r_t = E sign(D(x)); each change happens with p.

    For few images, where `diff-augment` is too strong or too weak: the probability finds its own level, from none
    while D does not overfit. The speed is made for runs of millions of images: in a run of 200 kimg p reaches 0.4
    at most, so lower `kimg` with the length of the run. Below a p of about 0.8 the changes do not leak into what G
    makes. It holds D's accuracy on reals, so it does not go with a gate on the accuracy. The sign counts from the logit
    of a D that guesses, 0.5 for least squares; relativistic and Wasserstein losses have no such logit, and are refused.

    Source: Karras et al. 2020, "Training Generative Adversarial Networks with Limited Data", section 3 and
    appendix B: target, speed, interval and strengths. A subset: no filter against aliasing, no filtering,
    noise or cutout.
    """

    reads_numbers: ClassVar[bool] = True
    view_stage: ClassVar[ViewStage] = ViewStage.AUGMENT

    def __init__(self, config: AdaConfig) -> None:
        self.config = config
        self.p = 0.0
        self.signs = 0.0
        self.images = 0
        self.forwards = 0

    def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
        """Both batches, changed by numbers of their own; as they are while p is 0."""
        if self.p == 0:
            return Views(real, fake)
        changed = None if real is None else self._changed(real, draws.named("real"))
        return Views(changed, self._changed(fake, draws.named("fake")))

    def _changed(self, batch: Batch, draws: Draws) -> Batch:
        return replace(batch, images=augmented(batch.images, self.p, self.config.pipe, draws))

    def observe(self, observation: Observation) -> None:
        """Collect D's signs on reals; adjust p when there are enough."""
        if observation.role is not Role.DISCRIMINATOR:
            return
        sign = observation["sign_real"]
        if not math.isfinite(sign):  # a broken batch is the step's to report
            return
        self.signs += sign
        self.images += observation.moment.batch_size
        self.forwards += 1
        if self.forwards == self.config.every:
            mean = self.signs / self.forwards
            self.p = adjusted(self.p, mean, self.config.target, self.images, self.config.kimg)
            self.signs, self.images, self.forwards = 0.0, 0, 0

    def state_dict(self) -> dict[str, object]:
        """The probability, and what was collected since it was adjusted."""
        return {"p": self.p, "signs": self.signs, "images": self.images, "forwards": self.forwards}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        p, signs, images, forwards = (state[name] for name in ("p", "signs", "images", "forwards"))
        assert isinstance(p, float)
        assert isinstance(signs, float)
        assert isinstance(images, int)
        assert isinstance(forwards, int)
        self.p, self.signs, self.images, self.forwards = p, signs, images, forwards


def augmented(images: Tensor, p: float, pipe: str, draws: Draws) -> Tensor:
    """Each change of the pipe happens to each image with probability p.

    Args:
        images: [N, C, S, S] in [-1, 1].
        p: in [0, 1].
        pipe: letters of `AdaConfig.pipe`.
        draws: of this batch.
    """
    from ganzoo_balance import ada_transforms as transforms

    count, size = len(images), images.shape[-1]
    matrices = []
    if "b" in pipe:
        matrices.append(transforms.blit_matrix(p, size, count, draws.named("b")))
    if "g" in pipe:
        matrices.append(transforms.geometric_matrix(p, size, count, draws.named("g")))
    if matrices:
        images = transforms.resampled(images, matrices[0] if len(matrices) == 1 else matrices[0] @ matrices[1])
    if "c" in pipe:
        images = transforms.recoloured(images, *transforms.colour_matrix(p, count, draws.named("c")))
    return images


SPEC = BalancingSpec(
    name="ada",
    summary="Augmentation of all that D sees, as much as its overfitting asks for; for few images",
    source="Karras et al. 2020, Training Generative Adversarial Networks with Limited Data (arXiv 2006.06676)",
    config=AdaConfig,
    helps={Ailment.MEMORISING: Remedy(2, "as much augmentation as D's overfitting asks for")},
    build=AdaptiveAugmentation,
    traits=frozenset({Trait.HOLDS_ACCURACY, Trait.IMAGES_ONLY, Trait.TAKES_SIDES_APART}),
)
