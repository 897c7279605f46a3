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
        """The role's loss with its terms, 0-dim, at the parameters as they are now; a fresh graph at each call.

        The first call of a turn and role is the one that is observed and that moves the role's own buffers; later
        ones only look.
        """

    @abstractmethod
    def gradients(
        self, role: Role, loss: Tensor, *, create_graph: bool = False, retain_graph: bool = False
    ) -> list[Tensor]:
        """Gradients of `loss` at the role's parameters, averaged over all processes; zeros where unused.

        Args:
            role: whose parameters.
            loss: what `loss` gave, or a function of it.
            create_graph: so that the gradients can be differentiated in turn.
            retain_graph: so that the same loss can be asked about again.
        """

    @abstractmethod
    def apply(self, role: Role, gradients: Sequence[Tensor], *, lookahead: bool = False) -> None:
        """One step of the role's optimiser with these gradients, as in an ordinary turn.

        Args:
            role: whose step.
            gradients: one a parameter.
            lookahead: the step will be taken back: the averaged generator and the tick's numbers do not see it.
        """
