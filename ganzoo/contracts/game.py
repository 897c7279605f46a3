"""A whole turn in the hands of one strategy: extragradient, unrolled, consensus, simultaneous play."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ganzoo.contracts.batch import Role
from ganzoo.contracts.moments import Moment

if TYPE_CHECKING:
    from torch import Tensor, nn


class Game(ABC):
    """This turn's fixed batch and latents, with losses that can be evaluated again at other parameters.

    Attributes:
        moment: when.
    """

    moment: Moment

    @abstractmethod
    def parameters(self, role: Role) -> Sequence[nn.Parameter]:
        """The role's trainable parameters, in a fixed order."""

    @abstractmethod
    def loss(self, role: Role) -> Tensor:
        """The role's loss with its terms, 0-dim, at the parameters as they are now; a fresh graph at each call."""

    @abstractmethod
    def gradients(self, role: Role, loss: Tensor, *, create_graph: bool = False) -> list[Tensor]:
        """Gradients of `loss` at the role's parameters, averaged over all processes; zeros where unused."""

    @abstractmethod
    def apply(self, role: Role, gradients: Sequence[Tensor]) -> None:
        """One step of the role's optimiser with these gradients, as in an ordinary turn."""
