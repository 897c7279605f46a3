"""What one step did, for the tick's numbers and the events."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from ganzoo.contracts import Observation, Role


@dataclass(frozen=True, slots=True)
class Refusal:
    """An update that did not happen, and why."""

    role: Role
    reason: str


@dataclass(slots=True)
class Turn:
    """The record of one step; tensors stay on the device until a tick reads them.

    Attributes:
        images: real images drawn.
        values: 0-dim tensors or numbers by name, several of one name where a role had several updates.
        planned: updates planned, by role.
        plan_reason: why another number of updates than usual was planned; "" where there is no reason.
        refusals: updates refused.
        faults: updates dropped because a loss or gradient was not finite.
    """

    images: int = 0
    values: list[tuple[str, Tensor | float]] = field(default_factory=list)
    planned: dict[Role, int] = field(default_factory=dict)
    plan_reason: str = ""
    refusals: list[Refusal] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)

    def note(self, name: str, value: Tensor | float) -> None:
        """Remember a number for the tick."""
        self.values.append((name, value.detach() if isinstance(value, Tensor) else value))


def note_observation(turn: Turn, observation: Observation) -> None:
    """The observation's numbers under the names of metrics.jsonl."""
    named_for_role = {"loss", "loss_real", "loss_fake"}
    for name, value in observation.tensors.items():
        if observation.role is Role.DISCRIMINATOR:
            turn.note(f"{name}_{observation.role}" if name in named_for_role else name, value)
        elif name == "loss":
            turn.note(f"loss_{observation.role}", value)
