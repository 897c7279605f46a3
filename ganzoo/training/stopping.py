"""Conditions that end a run before its length is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ganzoo.config.conditions import ScoreCondition, VerdictCondition, parse_condition
from ganzoo.evaluation.result import Evaluation
from ganzoo.training.best import ranked


class Stopping:
    """Watches scores and verdicts; `reason` says why the run ends, and is "" while it goes on.

    Args:
        conditions: as `training.stop_when` has them; the first that holds ends the run.
    """

    def __init__(self, conditions: Sequence[str]) -> None:
        self.reason = ""
        self._watches = {text: _watch(text) for text in conditions}

    def scored(self, evaluation: Evaluation, step: int) -> None:
        """Take an evaluation in."""
        self._take([watch.scored(evaluation, step) for watch in self._watches.values()])

    def judged(self, verdict: str, kimg: float) -> None:
        """Take the verdict of a tick in."""
        self._take([watch.judged(verdict, kimg) for watch in self._watches.values()])

    def start_anew(self) -> None:
        """The run goes on all the same, because it was made longer: wait as long again."""
        self.reason = ""
        self._watches = {text: _watch(text) for text in self._watches}

    def state_dict(self) -> dict[str, object]:
        """Plain values, by condition."""
        return {"reason": self.reason, "watches": {text: watch.state for text, watch in self._watches.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on waiting; a condition that is new begins to."""
        same = state["watches"].keys() == self._watches.keys()
        self.reason = str(state["reason"]) if same else ""
        for text, watch in self._watches.items():
            watch.state = dict(state["watches"].get(text, watch.state))

    def _take(self, reasons: Sequence[str]) -> None:
        self.reason = self.reason or next(filter(None, reasons), "")


class _Watch:
    """One condition and what it remembers."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}  # plain values for the checkpoint

    def scored(self, evaluation: Evaluation, step: int) -> str:
        """Why the run ends, or ""."""
        return ""

    def judged(self, verdict: str, kimg: float) -> str:
        """Why the run ends, or ""."""
        return ""


class _ScoreWatch(_Watch):
    def __init__(self, condition: ScoreCondition) -> None:
        super().__init__()
        self.condition = condition
        self.state = {"best": None, "step": 0, "waited": 0}

    def scored(self, evaluation: Evaluation, step: int) -> str:
        found = ranked(evaluation, self.condition.name)
        if found is None:
            return ""
        name, score = found
        shown = evaluation.scores[name]
        if (goal := self.condition.reaches) is not None:
            signed = goal if evaluation.directions[name] else -goal
            if score <= signed:
                return f"{name} is {shown:.4g}, and reaches {goal:g}"
        best = self.state["best"]
        if best is None or score < best:
            self.state = {"best": score, "step": step, "waited": 0}
            return ""
        self.state["waited"] += 1
        if self.condition.patience is None or self.state["waited"] < self.condition.patience:
            return ""
        waited, since = self.state["waited"], self.state["step"]
        return f"{name} has not improved for {waited} evaluations; it was best at step {since:,}, {abs(best):.4g}"


class _VerdictWatch(_Watch):
    def __init__(self, condition: VerdictCondition) -> None:
        super().__init__()
        self.condition = condition
        self.state = {"since_kimg": None}

    def judged(self, verdict: str, kimg: float) -> str:
        if verdict != self.condition.ailment:
            self.state = {"since_kimg": None}
            return ""
        if self.state["since_kimg"] is None:
            self.state = {"since_kimg": kimg}
        stood = kimg - self.state["since_kimg"]
        if stood < self.condition.patience_kimg:
            return ""
        return f"the doctor says {verdict}" + (f", for {stood:.1f} kimg now" if self.condition.patience_kimg else "")


def _watch(text: str) -> _Watch:
    condition = parse_condition(text)
    return _VerdictWatch(condition) if isinstance(condition, VerdictCondition) else _ScoreWatch(condition)
