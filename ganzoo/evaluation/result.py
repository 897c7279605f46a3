"""What an evaluation found, with everything one must know to compare it with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one generator at one moment; plain JSON values throughout.

    Attributes:
        scores: by name, finite.
        directions: by the same names: True, lower is better; False, higher is; None, a figure to watch.
        protocol: how the scores were made: scores of different protocols cannot be compared.
        seconds: how long it took.
        notes: lines for the user: a cached statistic that was damaged, say.
    """

    scores: Mapping[str, float]
    directions: Mapping[str, bool | None]
    protocol: Mapping[str, object]
    seconds: float
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The same as nested dicts and lists, for events.jsonl."""
        return {**asdict(self), "notes": list(self.notes)}
