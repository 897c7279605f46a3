"""From ticks to a verdict, with hysteresis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ganzoo.contracts.ailments import Ailment
from ganzoo.health.rules import RULES, Evidence
from ganzoo.health.signals import Signals

STARTING = "starting"
HEALTHY = "healthy"

TICKS_TO_JUDGE = 4
"""A verdict is given, and taken back, only when this many ticks in a row agree."""
TICKS_AT_FIRST = 8
"""A game that starts swings: of one that was never well, an ailment is said after so many."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is going on.

    Attributes:
        name: an `Ailment`, "healthy" or "starting".
        step: since when.
        evidence: the signals that speak for it.
    """

    name: str
    step: int
    evidence: tuple[Evidence, ...] = ()

    @property
    def ailment(self) -> Ailment | None:
        """What is wrong, if anything is."""
        return Ailment(self.name) if self.name in set(Ailment) else None

    def as_dict(self) -> dict[str, object]:
        """Plain values, for a program."""
        return {"verdict": self.name, "since": self.step, "evidence": [each.as_dict() for each in self.evidence]}

    def __str__(self) -> str:
        reasons = ", ".join(map(str, self.evidence))
        return f"{self.name}: {reasons}" if reasons else self.name


class Doctor:
    """Watches the ticks. One odd tick changes no verdict; a number that is not finite does so at once."""

    def __init__(self) -> None:
        self.signals = Signals()
        self.verdict = Verdict(STARTING, 0)
        self._candidate = STARTING
        self._agreeing = 0
        self._since = 0
        self._crossed: dict[str, int] = {}

    def judge(self, step: int, values: Mapping[str, float | None]) -> Verdict | None:
        """Take a tick in; the new verdict where it changed, else None."""
        self.signals.take(values)
        name, evidence = self._of_now()
        if name != self._candidate:
            self._candidate, self._agreeing, self._since, self._crossed = name, 0, step, {}
        self._agreeing += 1
        self._crossed = {each.signal: self._crossed.get(each.signal, step) for each in evidence}
        if name == self.verdict.name:
            return None
        if self._agreeing < self._needed(name):
            return None
        since = tuple(replace(each, since=self._crossed[each.signal]) for each in evidence)
        self.verdict = Verdict(name, self._since, since)
        return self.verdict

    def _needed(self, name: str) -> int:
        """Ticks that must agree on this verdict."""
        if name == Ailment.DIVERGING:
            return 1
        return TICKS_AT_FIRST if self.verdict.name == STARTING and name != HEALTHY else TICKS_TO_JUDGE

    def _of_now(self) -> tuple[str, tuple[Evidence, ...]]:
        for ailment, rule in RULES:
            if evidence := rule(self.signals):
                return str(ailment), evidence
        return HEALTHY, ()

    def state_dict(self) -> dict[str, object]:
        """Plain values, for a checkpoint."""
        return {
            "signals": self.signals.state_dict(),
            "verdict": [self.verdict.name, self.verdict.step],
            "candidate": self._candidate,
            "agreeing": self._agreeing,
            "since": self._since,
            "crossed": dict(self._crossed),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state_dict` left off."""
        self.signals.load_state_dict(state["signals"])
        name, step = state["verdict"]
        self.verdict = Verdict(str(name), int(step))
        self._candidate = str(state["candidate"])
        self._agreeing, self._since = int(state["agreeing"]), int(state["since"])
        self._crossed = {str(signal): int(step) for signal, step in state["crossed"].items()}


def history(ticks: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """The verdicts of a whole metrics.jsonl, ganzoo's or anyone's with the same names, in order."""
    doctor = Doctor()
    verdicts = []
    for tick in ticks:
        values = tick.get("values")
        if not isinstance(values, Mapping):
            continue
        numbers = {
            str(name): value for name, value in values.items() if value is None or isinstance(value, int | float)
        }
        step = tick.get("step")
        changed = doctor.judge(step if isinstance(step, int) else doctor.signals.ticks, numbers)
        if changed is not None:
            verdicts.append(changed)
    return verdicts
