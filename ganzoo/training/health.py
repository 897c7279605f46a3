"""A verdict in a few words, from the numbers of each tick."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from ganzoo.contracts import Loss

STARTING = "starting"
HEALTHY = "healthy"
OVERPOWERS = "discriminator overpowers"
DIVERGING = "diverging"

TICKS_TO_JUDGE = 4
"""A verdict is given, and taken back, only when this many ticks in a row agree."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is going on, and the evidence."""

    name: str
    evidence: str


class Health:
    """Watches the ticks. Hysteresis keeps one odd tick from changing the verdict.

    D overpowers when it is nearly always right *and* its loss is a small part of what guessing costs: accuracy alone
    is no evidence, since a regularised D may be right 99 % of the time and still teach.

    Args:
        loss: gives what guessing costs, D's loss at logits of zero.
    """

    def __init__(self, loss: Loss) -> None:
        guess = torch.zeros(2)
        targets = None
        if loss.targets is not None:
            from ganzoo.contracts import Split

            targets = Split(torch.full((2,), loss.targets[0]), torch.full((2,), loss.targets[1]))
        split = loss.discriminator(guess, guess, targets)
        self.cost_of_guessing = float(split.real.mean() + split.fake.mean())
        self.verdict = STARTING
        self._candidate = STARTING
        self._ticks = 0

    def judge(self, values: Mapping[str, float]) -> Verdict | None:
        """The new verdict where it changed, else None."""
        name, evidence = self._of_tick(values)
        self._ticks = self._ticks + 1 if name == self._candidate else 1
        self._candidate = name
        if name == self.verdict or (self._ticks < TICKS_TO_JUDGE and name != DIVERGING):
            return None
        self.verdict = name
        return Verdict(name, evidence)

    def _of_tick(self, values: Mapping[str, float]) -> tuple[str, str]:
        lost = [name for name, value in values.items() if not math.isfinite(value)]
        if lost:
            return DIVERGING, f"{', '.join(lost)} not finite"
        accuracy, loss = values.get("accuracy", 0.5), values.get("loss_discriminator", math.inf)
        share = loss / self.cost_of_guessing if self.cost_of_guessing > 0 else math.inf
        if accuracy > 0.95 and share < 0.25:
            return OVERPOWERS, f"D is right {accuracy:.0%} of the time at {share:.0%} of the loss of guessing"
        return HEALTHY, f"D is right {accuracy:.0%} of the time"

    def state_dict(self) -> dict[str, object]:
        """Plain values, for a checkpoint."""
        return {"verdict": self.verdict, "candidate": self._candidate, "ticks": self._ticks}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        self.verdict, self._candidate = str(state["verdict"]), str(state["candidate"])
        self._ticks = int(str(state["ticks"]))
