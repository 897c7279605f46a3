"""A whole run's verdicts with advice for its configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ganzoo.health.doctor import STARTING, Verdict, history
from ganzoo.health.remedies import Advice, InUse, advise
from ganzoo.registry.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor says of a run.

    Attributes:
        verdicts: in order; the last one stands.
        advice: against the last one, the best first.
    """

    verdicts: tuple[Verdict, ...]
    advice: tuple[Advice, ...]

    @property
    def verdict(self) -> Verdict:
        """The one that stands."""
        return self.verdicts[-1] if self.verdicts else Verdict(STARTING, 0)

    def sentence(self) -> str:
        """The verdict in one sentence."""
        if not self.verdicts:
            return "too few numbers for a verdict"
        return f"{self.verdict} (since step {self.verdict.step:,})"

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        return {
            "verdict": self.verdict.name,
            "verdicts": [verdict.as_dict() for verdict in self.verdicts],
            "advice": [advice.as_dict() for advice in self.advice],
        }


def diagnose(ticks: Iterable[Mapping[str, Any]], in_use: InUse, catalogue: Catalogue) -> Diagnosis:
    """Read a run's ticks.

    Args:
        ticks: the lines of a metrics.jsonl.
        in_use: what the run is made of, as far as it is known.
        catalogue: where remedies are found.
    """
    verdicts = tuple(history(ticks))
    ailment = verdicts[-1].ailment if verdicts else None
    advice = advise(ailment, in_use, catalogue) if ailment is not None else []
    return Diagnosis(verdicts, tuple(advice))
