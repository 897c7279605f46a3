"""What travels everywhere: images with their labels and latents, and the two sides of the game."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class Role(StrEnum):
    """Whose turn it is."""

    GENERATOR = "generator"
    DISCRIMINATOR = "discriminator"


class Origin(StrEnum):
    """Where an image came from."""

    REAL = "real"
    FAKE = "fake"


class Split(NamedTuple):
    """One value for the reals and one for the fakes."""

    real: Tensor
    fake: Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """Images and what belongs to them. A fake takes the label of the real it is paired with.

    Attributes:
        images: [N, C, H, W] in [-1, 1], float.
        labels: [N] int64 class indices, or None where the run is unconditional.
        latents: [N, latent_dim] the fakes were made from; None for reals.
    """

    images: Tensor
    labels: Tensor | None = None
    latents: Tensor | None = None


@dataclass(frozen=True, slots=True)
class ImageShape:
    """What the networks must make and judge.

    Attributes:
        size: height and width in pixels.
        channels: 1 grey, 3 RGB, 4 RGB with alpha.
        num_classes: number of labels, or None where the run is unconditional.
    """

    size: int
    channels: int
    num_classes: int | None = None
