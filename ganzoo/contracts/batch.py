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
        images: [N, C, H, W] in [-1, 1], float; points: [N, dim, 1, 1], of the order of 1.
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
        size: height and width in pixels; 1 for points.
        channels: 1 grey, 3 RGB, 4 RGB with alpha; the dimension of points.
        num_classes: number of labels, or None where the run is unconditional.
    """

    size: int
    channels: int
    num_classes: int | None = None

    @property
    def is_points(self) -> bool:
        """Points, each carried as one pixel, rather than images."""
        return self.size == 1

    @property
    def words(self) -> str:
        """`64 px`, or `points in 2-D`."""
        return f"points in {self.channels}-D" if self.is_points else f"{self.size} px"


def are_points(images: Tensor) -> bool:
    """Whether [N, C, H, W] holds points, each carried as one pixel: no image is that small."""
    return tuple(images.shape[-2:]) == (1, 1)
