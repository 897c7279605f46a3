"""The best checkpoint so far, by one score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ganzoo.config.conditions import gives
from ganzoo.evaluation.result import Evaluation


def ranked(evaluation: Evaluation, by: str | None) -> tuple[str, float] | None:
    """The score runs are ranked by: its name, and its value with the sign that makes lower better.

    Args:
        evaluation: all scores.
        by: a score or a metric; None: the first that can be ranked.
    """
    for name, score in evaluation.scores.items():
        direction = evaluation.directions.get(name)
        if direction is not None and (by is None or gives(by, name)):
            return name, score if direction else -score
    return None


class Best:
    """Remembers the best score and where it was measured. A run that goes back keeps its best.

    Args:
        by: as `ranked` takes it.

    Attributes:
        score: lower is better, whatever the score's direction; None before the first.
        step: its checkpoint's.
        attempt: returns to an earlier checkpoint before it.
    """

    def __init__(self, by: str | None) -> None:
        self.by = by
        self.score: float | None = None
        self.step: int | None = None
        self.attempt = 0
        self._name = ""
        self._images = 0

    def take(self, evaluation: Evaluation, images: int, step: int, attempt: int) -> bool:
        """Whether this is the best so far. Another score, or one of another number of images, starts anew."""
        found = ranked(evaluation, self.by)
        if found is None:
            return False
        name, score = found
        comparable = (name, images) == (self._name, self._images)
        if comparable and self.score is not None and score >= self.score:
            return False
        self.score, self.step, self.attempt, self._name, self._images = score, step, attempt, name, images
        return True

    def is_of_an_earlier_attempt(self, step: int, attempt: int) -> bool:
        """Whether the best checkpoint is at this step, and was made before the run went back."""
        return self.step == step and self.attempt != attempt

    def state_dict(self) -> dict[str, object]:
        """Plain values."""
        return {
            "score": self.score,
            "step": self.step,
            "attempt": self.attempt,
            "name": self._name,
            "images": self._images,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on comparing."""
        self.score, self.step, self._name = state["score"], state["step"], str(state["name"])
        self.attempt, self._images = int(state["attempt"]), int(state["images"])
