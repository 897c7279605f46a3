"""What an evaluation found, with everything one must know to compare it with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one generator at one moment; plain JSON values throughout.

    Attributes:
        scores: by name, finite.
        directions: by the same names: True, lower is better; False, higher is; None, a figure to watch.
        protocol: how the scores were made: scores of different protocols cannot be compared.
        seconds: how long it took.
        notes: lines for the user: a cached statistic that was damaged, say.
        standard_errors: of those scores that know theirs.
        floors: what a perfect generator would get with as many images, of those scores that know it.
    """

    scores: Mapping[str, float]
    directions: Mapping[str, bool | None]
    protocol: Mapping[str, object]
    seconds: float
    notes: tuple[str, ...] = ()
    standard_errors: Mapping[str, float] = field(default_factory=dict)
    floors: Mapping[str, float] = field(default_factory=dict)

    def shown(self) -> dict[str, str]:
        """Each score as people read it, by name: `1.23 ± 0.04 (floor 0.0)`."""
        return {
            name: format_score(value, self.standard_errors.get(name), self.floors.get(name))
            for name, value in self.scores.items()
        }

    def as_dict(self) -> dict[str, object]:
        """The same as nested dicts and lists, for events.jsonl."""
        return {**asdict(self), "notes": list(self.notes)}


def format_score(value: float, standard_error: float | None = None, floor: float | None = None) -> str:
    """`1.23 ± 0.04 (floor 0.0)`, with what is known."""
    error = "" if standard_error is None else f" ± {_rough(standard_error)}"
    above = "" if floor is None else f" (floor {_rough(floor)})"
    return f"{value:.4g}{error}{above}"


def _rough(number: float) -> str:
    return f"{number:.2g}" if abs(number) < 99.5 else f"{number:.0f}"
