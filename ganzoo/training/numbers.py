"""The numbers of a tick: kept on the device step by step, read back together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from ganzoo.contracts import Role
from ganzoo.training.turn import Turn


class Decided(NamedTuple):
    """What strategies decided in a tick, with the last reason.

    Attributes:
        message: for a person.
        data: the same for a program.
    """

    message: str
    data: dict[str, object]


class TickNumbers:
    """Means of everything the turns noted since the last reading, and the share of updates skipped."""

    def __init__(self) -> None:
        self._values: dict[str, list[Tensor | float]] = defaultdict(list)
        self._planned = dict.fromkeys(Role, 0)
        self._refused = dict.fromkeys(Role, 0)
        self._reasons: dict[Role, str] = {}
        self._plans: list[str] = []

    def add(self, turn: Turn) -> None:
        """Take one turn in."""
        for name, value in turn.values:
            self._values[name].append(value)
        for role, count in turn.planned.items():
            self._planned[role] += count
        if turn.plan_reason:
            self._plans.append(turn.plan_reason)
        for refusal in turn.refusals:
            self._refused[refusal.role] += 1
            self._reasons[refusal.role] = refusal.reason

    def note(self, name: str, value: float) -> None:
        """Take one number in that no turn made."""
        self._values[name].append(value)

    def read(self) -> tuple[dict[str, float], list[Decided]]:
        """The means by name, and what was decided otherwise than usual; starts anew."""
        means = {name: sum(values) / len(values) for name, values in self._numbers().items()}
        decided = []
        for role, planned in self._planned.items():
            if planned:
                means[f"skip_rate_{role}"] = self._refused[role] / planned
            if refused := self._refused[role]:
                data = {"role": str(role), "refused": refused, "planned": planned, "reason": self._reasons[role]}
                decided.append(Decided(f"{role}: {refused} of {planned} updates skipped; {self._reasons[role]}", data))
        if self._plans:
            data = {"turns": len(self._plans), "reason": self._plans[-1]}
            decided.append(Decided(f"{len(self._plans)} turns planned otherwise; {self._plans[-1]}", data))
        self.__init__()  # type: ignore[misc]  # a fresh start is exactly what construction is
        return means, decided

    def state_dict(self) -> dict[str, object]:
        """What has been gathered, for a checkpoint between two ticks."""
        return {
            "values": self._numbers(),
            "planned": {str(role): count for role, count in self._planned.items()},
            "refused": {str(role): count for role, count in self._refused.items()},
            "plans": {"reasons": list(self._plans)},
            "reasons": {str(role): reason for role, reason in self._reasons.items()},
        }

    def load_state_dict(self, state: Mapping[str, Mapping[str, object]]) -> None:
        """Go on where `state_dict` left off."""
        self._values = defaultdict(list)
        for name, values in state["values"].items():
            assert isinstance(values, list)  # as `state_dict` wrote it
            self._values[name] = list(values)
        self._planned = {role: int(str(state["planned"][role])) for role in Role}
        self._refused = {role: int(str(state["refused"][role])) for role in Role}
        plans = state["plans"]["reasons"]
        assert isinstance(plans, list)  # as above
        self._plans = [str(reason) for reason in plans]
        self._reasons = {Role(role): str(reason) for role, reason in state["reasons"].items()}

    def _numbers(self) -> dict[str, list[float]]:
        """Everything as numbers, read from the device at once."""
        tensors = [value for values in self._values.values() for value in values if isinstance(value, Tensor)]
        numbers = iter(torch.stack([tensor.float() for tensor in tensors]).tolist() if tensors else ())
        return {
            name: [next(numbers) if isinstance(value, Tensor) else float(value) for value in values]
            for name, values in self._values.items()
        }
