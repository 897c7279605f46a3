"""The score a sweep goes by: its direction, and a run's value of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ganzoo.config.conditions import gives
from ganzoo.config.models import RunConfig
from ganzoo.errors import UsageError, nearest
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.runs.evaluations import evaluations_among


@dataclass(frozen=True, slots=True)
class Goal:
    """What is best.

    Attributes:
        score: its name, or that of the metric that gives it: `kd` means `kd-efficientnet-lite0`.
        minimise: lower is better.
        metric: to be added to the runs' metrics; "" where they measure the score already.
        ranks: whether the metric itself knows a direction, and a best checkpoint can be chosen by it.
    """

    score: str
    minimise: bool
    metric: str
    ranks: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A run's score at one evaluation.

    Attributes:
        name: in full.
        value: finite.
        images: real images seen.
        step: where it was made.
        protocol: how it was made.
    """

    name: str
    value: float
    images: int
    step: int
    protocol: Mapping[str, Any]


def goal_of(minimise: str | None, maximise: str | None, config: RunConfig, catalogue: Catalogue) -> Goal:
    """The goal; where none is named, the first score of the runs that can be ranked.

    Raises:
        UsageError: two goals, no such score, or one that is better in the other direction.
    """
    if minimise and maximise:
        raise UsageError("--minimise and --maximise: a sweep goes by one score", hint="leave out one of them")
    name = minimise or maximise
    if name is None:
        for metric in config.evaluation.metrics:
            direction = catalogue.find(Kind.METRIC, metric).lower_is_better
            if direction is not None:
                return Goal(_stems(metric, catalogue)[0], direction, "", ranks=True)
        raise UsageError("the runs measure no score that can be ranked", hint="say which: --minimise kd")
    option = "--minimise" if minimise else "--maximise"
    measured = [m for m in config.evaluation.metrics if _is_meant(name, m, catalogue)]
    known = [m for m in catalogue.names(Kind.METRIC) if _is_meant(name, m, catalogue)]
    if not measured and not known:
        every = [stem for metric in catalogue.names(Kind.METRIC) for stem in _stems(metric, catalogue)]
        raise UsageError(
            f"{option} {name}: there is no such score.{nearest(name, every)}",
            hint=f"the runs measure {', '.join(config.evaluation.metrics) or 'nothing'}; `ganzoo list metric`",
        )
    metric = (measured or known)[0]
    direction = catalogue.find(Kind.METRIC, metric).lower_is_better
    if direction is not None and direction != bool(minimise):
        better, other = ("lower", "--minimise") if direction else ("higher", "--maximise")
        raise UsageError(f"{option} {name}: {better} is better", hint=f"{other} {name}")
    stems = _stems(metric, catalogue)
    score = name if any(gives(stem, name) for stem in stems) else stems[0]
    return Goal(score, bool(minimise), "" if measured else metric, ranks=direction is not None)


def measured(event: Mapping[str, Any], score: str) -> Measured | None:
    """The score of an evaluation's event, or None where it is no evaluation, or has none that is finite."""
    for data in (evaluation["data"] for evaluation in evaluations_among([event])):
        for name, value in data["scores"].items():
            if gives(score, str(name)):
                images, step = (n if isinstance(n, int) else 0 for n in (data.get("images"), event.get("step")))
                return Measured(str(name), float(value), images, step, data["protocol"])
    return None


def _is_meant(name: str, metric: str, catalogue: Catalogue) -> bool:
    return name == metric or any(gives(stem, name) for stem in _stems(metric, catalogue))


def _stems(metric: str, catalogue: Catalogue) -> tuple[str, ...]:
    spec = catalogue.find(Kind.METRIC, metric)
    return spec.scores or (spec.name,)
