"""When a run stops before its length: `kd:patience=5`, `kd:reaches=2.5`, `mode-collapse:patience_kimg=20`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganzoo.config.overrides import parse_part
from ganzoo.contracts.ailments import Ailment
from ganzoo.errors import UsageError, nearest
from ganzoo.registry.manager import Kind

if TYPE_CHECKING:
    from ganzoo.config.models import RunConfig
    from ganzoo.registry.catalogue import Catalogue

PATIENCE = 5
"""Evaluations without improvement, where nothing is said."""


@dataclass(frozen=True, slots=True)
class ScoreCondition:
    """Holds when a score no longer improves, or is good enough.

    Attributes:
        name: of the score, or of the metric that gives it.
        patience: evaluations without improvement; None: it may stand still.
        reaches: the value that is good enough; None: none is.
    """

    name: str
    patience: int | None
    reaches: float | None


@dataclass(frozen=True, slots=True)
class VerdictCondition:
    """Holds when a verdict has stood for `patience_kimg` thousand images."""

    ailment: Ailment
    patience_kimg: float


Condition = ScoreCondition | VerdictCondition


def parse_condition(text: str) -> Condition:
    """`NAME:setting=value,...` as the command line and `training.stop_when` have it.

    Raises:
        UsageError: a setting that does not exist, or a value it does not take.
    """
    part, *rest = parse_part(text, "", "--stop-when")
    name = part.path.removeprefix(".")
    settings = {override.path.removeprefix(f"{part.path}."): override.value for override in rest}
    if ailment := _ailment(name):
        _check(text, settings, ("patience_kimg",))
        return VerdictCondition(ailment, _number(text, settings, "patience_kimg") or 0.0)
    _check(text, settings, ("patience", "reaches"))
    patience = _number(text, settings, "patience")
    if patience is not None and (patience < 1 or patience != int(patience)):
        raise UsageError(f"`{text}`: patience is a number of evaluations, 1 or more")
    reaches = _number(text, settings, "reaches")
    if patience is None and reaches is None:
        patience = PATIENCE
    return ScoreCondition(name, None if patience is None else int(patience), reaches)


def gives(stem: str, score: str) -> bool:
    """Whether `score` is meant by `stem`: `kd` means `kd-efficientnet-lite0`."""
    return score == stem or score.startswith(f"{stem}-")


def check_conditions(config: RunConfig, catalogue: Catalogue, where: Callable[[str], str] = lambda _: "") -> None:
    """Every score that stops the run, or chooses its best checkpoint, is one that the run measures and can rank.

    Raises:
        UsageError: one is not; names the nearest.
    """
    for text in config.training.stop_when:
        condition = parse_condition(text)
        if isinstance(condition, ScoreCondition):
            _check_score(condition.name, f"training.stop_when{_from(where('training.stop_when'))}", config, catalogue)
            if config.evaluation.every_kimg is None:
                raise UsageError(
                    f"training.stop_when: `{text}` waits for scores that are measured only at the end",
                    hint="--set evaluation.every_kimg=40",
                )
    if config.evaluation.best_by is not None:
        at = f"evaluation.best_by{_from(where('evaluation.best_by'))}"
        _check_score(config.evaluation.best_by, at, config, catalogue)


# Used where the configuration is validated: pydantic reports a ValueError in its own list of findings.


def checked_condition(text: str) -> str:
    """The text, if it is a condition."""
    try:
        parse_condition(text)
    except UsageError as error:
        raise ValueError(error.message) from error
    return text


def ailment_named(name: str) -> str:
    """The ailment's name as options have it, `mode-collapse`."""
    ailment = _ailment(name)
    if ailment is None:
        known = [_flag(each) for each in Ailment]
        raise ValueError(f"no verdict is called `{name}`.{nearest(name, known)} Verdicts: {', '.join(known)}")
    return _flag(ailment)


def one_or_several(value: Any) -> Any:  # whatever the user wrote; pydantic checks it next
    """One text is a list of one."""
    return (value,) if isinstance(value, str) else value


def _check_score(name: str, at: str, config: RunConfig, catalogue: Catalogue) -> None:
    stems = dict(_stems(config, catalogue))
    found = [stem for stem in stems if gives(stem, name)]
    if not found:
        known = [*stems, *(_flag(each) for each in Ailment if at.startswith("training"))]
        metrics = ", ".join(config.evaluation.metrics) or "none"
        hint = f"the run's metrics: {metrics}"
        if name in catalogue.names(Kind.METRIC):
            hint += f"; add it with --metric {name}"
        elif at.startswith("training"):
            hint += f"\nverdicts: {', '.join(_flag(each) for each in Ailment)}"
        raise UsageError(f"{at}: the run measures no score `{name}`.{nearest(name, known)}", hint=hint)
    if stems[found[0]] is None:
        raise UsageError(f"{at}: `{name}` is a figure to watch: neither high nor low is better")


def _stems(config: RunConfig, catalogue: Catalogue) -> Iterable[tuple[str, bool | None]]:
    """What the names of the run's scores begin with, and their directions."""
    for metric in config.evaluation.metrics:
        spec = catalogue.find(Kind.METRIC, metric)
        for stem in spec.scores or (spec.name,):
            yield stem, spec.lower_is_better


def _check(text: str, settings: dict[str, Any], known: tuple[str, ...]) -> None:
    for name in settings:
        if name not in known:
            raise UsageError(f"`{text}`: no such setting `{name}`.{nearest(name, known)} Settings: {', '.join(known)}")


def _number(text: str, settings: dict[str, Any], name: str) -> float | None:
    value = settings.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"`{text}`: {name} is a number")
    return float(value)


def _ailment(name: str) -> Ailment | None:
    spelt = name.replace("-", " ")
    return Ailment(spelt) if spelt in set(Ailment) else None


def _flag(ailment: Ailment) -> str:
    return ailment.replace(" ", "-")


def _from(origin: str) -> str:
    return f" (from {origin})" if origin else ""
