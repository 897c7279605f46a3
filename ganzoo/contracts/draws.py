"""Random numbers that are a function of (seed, purpose, step, image), never of what was drawn before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class Draws(ABC):
    """The draws of one purpose in one step; the first axis of every result is the image.

    The same purpose, step and shape give the same numbers in a resumed run and on any number of processes: they are
    drawn for the whole global batch on the CPU, and this process takes its slice. Two calls on one object differ.
    """

    @abstractmethod
    def named(self, purpose: str) -> Draws:
        """Independent draws for a sub-purpose, `draws.named("translation")`."""

    @abstractmethod
    def uniform(self, *shape: int) -> Tensor:
        """[N, *shape], uniform on [0, 1), float32, on the run's device."""

    @abstractmethod
    def normal(self, *shape: int) -> Tensor:
        """[N, *shape], standard normal, float32, on the run's device."""

    @abstractmethod
    def integers(self, high: int, *shape: int) -> Tensor:
        """[N, *shape], uniform on 0 ... high - 1, int64, on the run's device."""
