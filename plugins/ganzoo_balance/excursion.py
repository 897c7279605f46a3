"""What whole-turn strategies share: parameters moved for a while, and put back to the bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


@contextmanager
def excursion(parameters: Sequence[nn.Parameter]) -> Iterator[None]:
    """The parameters may be moved inside; afterwards they are bit for bit as before, also after an error."""
    before = copied(parameters)
    try:
        yield
    finally:
        move_to(parameters, before)


def copied(parameters: Sequence[nn.Parameter]) -> list[Tensor]:
    """The parameters' values now, in memory of their own."""
    return [parameter.detach().clone() for parameter in parameters]


def move_to(parameters: Sequence[nn.Parameter], values: Sequence[Tensor]) -> None:
    """Give the parameters these values, in place. Graphs built before cannot be differentiated any more."""
    import torch

    with torch.no_grad():
        for parameter, value in zip(parameters, values, strict=True):
            parameter.copy_(value)


def descend(parameters: Sequence[nn.Parameter], gradients: Sequence[Tensor], step_size: float) -> None:
    """parameter <- parameter - step_size x gradient, in place."""
    import torch

    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.sub_(gradient, alpha=step_size)
