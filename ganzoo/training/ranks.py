"""The processes of one run, as the step and the loop speak to them; and the one process that is alone.

Each process (rank) works on its part of every global batch. Losses are formulas of the logits of *all* images, which
every rank has; gradients are means over the ranks. So every number that decides something is the same on every rank,
to the bit, and nobody has to be told what was decided. What only one of them can know (a clock, a score, a signal) is
said by rank 0, or by whoever heard it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from torch import Tensor

from ganzoo.errors import TrainingError
from ganzoo.training.launching import ANOTHERS
from ganzoo.training.parts import Part

T = TypeVar("T")


class LostProcess(TrainingError):  # noqa: N818 - what happened
    """Another process of this run ended, or cannot be reached: the batch is no longer whole."""

    is_another_processes = True
    exit_code = ANOTHERS


class Ranks(ABC):
    """Who trains this run together.

    Attributes:
        rank: this process, 0 ... count - 1.
        count: how many there are.
    """

    rank: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        """Rank 0: it alone writes, scores, draws and is watched."""
        return self.rank == 0

    def share(self, batch: int) -> Part:
        """This process's part of a batch; all parts are of one size."""
        count = batch // self.count
        return Part(self.rank * count, count, batch)

    # Inside a step

    @abstractmethod
    def gathered(self, own: Sequence[Tensor]) -> list[Tensor]:
        """Of each [n, ...] every rank's, in order of the ranks: [count x n, ...], without gradients; in one message."""

    @abstractmethod
    def mean(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The mean over the ranks of each tensor, in one reduction; differentiable."""

    @abstractmethod
    def average(self, tensors: Sequence[Tensor]) -> None:
        """Put the mean over the ranks in the place of each tensor, in one reduction."""

    def counted(self, loss: Tensor) -> Tensor:
        """The number of a loss of the whole batch; its gradient at this rank's images, once for each rank.

        Every rank evaluates the same loss and differentiates it at its own images only. The mean over the ranks of what
        they find is the gradient at all images, if each counts its own `count` times.
        """
        return loss if self.count == 1 else loss + (self.count - 1) * (loss - loss.detach())

    # Between steps

    @abstractmethod
    def told(self, value: T) -> T:
        """What rank 0 gave."""

    @abstractmethod
    def everyones(self, value: T) -> list[T]:
        """What each rank gave, in order."""

    @abstractmethod
    def collected(self, value: T) -> list[T]:
        """The same on rank 0; nothing on the others."""

    @abstractmethod
    def largest(self, numbers: Sequence[int]) -> list[int]:
        """The largest over the ranks of each number."""

    @property
    def is_orphan(self) -> bool:
        """Whether who started this process, and would have ended it, is gone."""
        return False

    @contextmanager
    def one_first(self) -> Iterator[None]:
        """The first process of each machine does it, then the others, who find it done: what ends in a cache."""
        yield

    def all_or_none(self, call: Callable[[], T]) -> T:
        """Every rank's own answer, where the call succeeds on all of them.

        Raises:
            LostProcess: it failed on another rank, which says why.
            Exception: it failed here.
        """
        return call()


class Alone(Ranks):
    """One process: nothing is sent, nothing is copied."""

    def gathered(self, own: Sequence[Tensor]) -> list[Tensor]:
        """As they are."""
        return list(own)

    def mean(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """As they are."""
        return list(tensors)

    def average(self, tensors: Sequence[Tensor]) -> None:
        """They stay."""

    def told(self, value: T) -> T:
        """As it is."""
        return value

    def everyones(self, value: T) -> list[T]:
        """The only one."""
        return [value]

    def collected(self, value: T) -> list[T]:
        """The only one."""
        return [value]

    def largest(self, numbers: Sequence[int]) -> list[int]:
        """As they are."""
        return list(numbers)


ALONE = Alone()
