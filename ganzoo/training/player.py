"""One side of the game: a network with its optimiser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganzoo.contracts import Discriminator, Generator, Role, Scheduled, scheduled_value

N = TypeVar("N", bound=nn.Module)


class Player(Generic[N]):
    """A network and how it learns.

    Args:
        role: which side.
        network: G or D.
        optimizer: over the network's trainable parameters.
        learning_rate: the base rate; strategies' factors come on top, never cumulative.
        moving: other settings of the optimiser's groups after so many thousand images, where they follow a schedule.
    """

    def __init__(
        self,
        role: Role,
        network: N,
        optimizer: torch.optim.Optimizer,
        learning_rate: Scheduled,
        moving: Callable[[float], Mapping[str, object]] | None = None,
    ) -> None:
        self.role = role
        self.network = network
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.moving = moving
        self.parameters: Sequence[nn.Parameter] = [p for p in network.parameters() if p.requires_grad]

    def set_rate(self, kimg: float, factor: float) -> None:
        """The rate of this step: the schedule after `kimg`, times the strategies' factor; and what else moves."""
        rate = scheduled_value(self.learning_rate, kimg) * factor
        others = self.moving(kimg) if self.moving else {}
        for group in self.optimizer.param_groups:
            group.update(others, lr=rate)

    @property
    def rate(self) -> float:
        """The rate as it is now."""
        return float(self.optimizer.param_groups[0]["lr"])

    def gradients(self, loss: Tensor, *, create_graph: bool = False, retain_graph: bool = False) -> list[Tensor]:
        """Gradients at the parameters, zeros where the loss does not reach one."""
        found = torch.autograd.grad(
            loss,
            self.parameters,
            create_graph=create_graph,
            retain_graph=retain_graph or create_graph,
            allow_unused=True,
        )
        return [
            gradient if gradient is not None else torch.zeros_like(parameter)
            for gradient, parameter in zip(found, self.parameters, strict=True)
        ]

    def learning(self) -> dict[str, nn.Parameter]:
        """The parameters that learn, by name, in the order the optimiser counts them in."""
        names = {parameter: name for name, parameter in self.network.named_parameters()}
        groups = self.optimizer.param_groups
        return {names[parameter]: parameter for group in groups for parameter in group["params"]}

    def optimizer_state(self) -> dict[str, Mapping[str, Any]]:
        """The optimiser's moments by the name of their parameter: its own numbers change with which of them learn."""
        names = list(self.learning())
        return {names[index]: moments for index, moments in self.optimizer.state_dict()["state"].items()}

    def load_optimizer_state(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """The moments that `optimizer_state` gave, in their parameters' memory layout; the optimiser's settings stay.

        Raises:
            KeyError: moments of a parameter that does not learn here.
        """
        learning = self.learning()
        numbers = {name: number for number, name in enumerate(learning)}
        restored = {
            numbers[name]: {kind: _moment(value, learning[name]) for kind, value in moments.items()}
            for name, moments in state.items()
        }
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": restored, "param_groups": groups})

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The other side's turn: gradients pass through, nothing is learnt, no buffer moves (BatchNorm's, say)."""
        for parameter in self.parameters:
            parameter.requires_grad_(False)
        try:
            with self.buffers_kept():
                yield
        finally:
            for parameter in self.parameters:
                parameter.requires_grad_(True)

    @contextmanager
    def buffers_kept(self) -> Iterator[None]:
        """Buffers after are buffers before. Copies are used inside, which a graph may go on referring to."""
        before = [(slots, name, value) for slots, name, value in self._buffer_slots()]
        self.renew_buffers()
        try:
            yield
        finally:
            for slots, name, value in before:
                slots[name] = value

    def renew_buffers(self) -> None:
        """Copies in place of the buffers: what the next forward changes is not what an earlier graph refers to."""
        for slots, name, value in self._buffer_slots():
            slots[name] = value.clone()

    def _buffer_slots(self) -> list[tuple[dict[str, Tensor | None], str, Tensor]]:
        return [
            (module._buffers, name, value)
            for module in self.network.modules()
            for name, value in module._buffers.items()
            if value is not None
        ]

    def statistics(self) -> list[Tensor]:
        """What BatchNorm has gathered, which differs between processes that see different images."""
        norms = [module for module in self.network.modules() if isinstance(module, _BatchNorm)]
        found = [statistic for norm in norms for statistic in (norm.running_mean, norm.running_var)]
        return [statistic for statistic in found if statistic is not None]

    def buffers(self) -> list[Tensor]:
        """A copy of the network's buffers."""
        return [buffer.clone() for buffer in self.network.buffers()]

    @torch.no_grad()
    def restore_buffers(self, before: Sequence[Tensor]) -> None:
        """Put the buffers back."""
        for buffer, value in zip(self.network.buffers(), before, strict=True):
            buffer.copy_(value)


Learner = Player[Generator] | Player[Discriminator]
"""Whoever's turn it is."""


def laid_out_as(parameter: Tensor, tensor: Tensor) -> Tensor:
    """The tensor with its numbers in the parameter's memory order: fused optimisers walk both by address.

    `autograd.grad` gives gradients as they come; those of a double backward are not channels last.
    """
    if tensor.stride() == parameter.stride():
        return tensor
    return torch.empty_like(parameter, dtype=tensor.dtype, requires_grad=False).copy_(tensor)


def _moment(value: Any, parameter: Tensor) -> Any:  # Any: a checkpoint holds tensors and numbers
    if isinstance(value, Tensor) and value.shape == parameter.shape:
        return laid_out_as(parameter, value)
    return value
