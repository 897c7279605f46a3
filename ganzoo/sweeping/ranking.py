"""What came of a sweep: its settings, best first, with intervals over their repeats."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ganzoo.evaluation.protocol import differences
from ganzoo.report.ranking import DEVIATIONS, ranks
from ganzoo.sweeping.definition import Definition
from ganzoo.sweeping.interval import half_width, pooled_spread
from ganzoo.sweeping.plan import Key, Plan, State
from ganzoo.sweeping.record import Done
from ganzoo.sweeping.space import Setting


@dataclass(frozen=True, slots=True)
class Repeat:
    """One run of a setting.

    Attributes:
        key: which.
        state: so far.
        value: its score, or None.
        message: why it failed, or "".
    """

    key: Key
    state: State
    value: float | None
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """A setting.

    Attributes:
        number: of the setting, from 0.
        setting: its values.
        repeats: its runs, by seed.
        mean: of their scores, or None where there is none yet.
        half: half the width of the 95 % interval around it, or None below two scores.
        place: 1 is best; settings that the spread over seeds, of all settings together, does not tell apart share one.
            None: not ranked.
        note: what is unusual about it, or "".
    """

    number: int
    setting: Setting
    repeats: Sequence[Repeat]
    mean: float | None
    half: float | None
    place: int | None = None
    note: str = ""

    @property
    def values(self) -> list[float]:
        """The scores there are."""
        return [repeat.value for repeat in self.repeats if repeat.value is not None]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The table.

    Attributes:
        axes: what varied.
        score: its name in full.
        minimise: lower is better.
        rows: best first; then what was given up, then what failed.
        cautions: what to keep in mind while reading it.
        left: runs under way, or still to be begun; what was given up is over.
    """

    axes: Sequence[str]
    score: str
    minimise: bool
    rows: Sequence[Row]
    cautions: Sequence[str]
    left: int

    @property
    def best(self) -> Row | None:
        """The first, if it has a score."""
        return self.rows[0] if self.rows and self.rows[0].mean is not None else None

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        settings = [
            {
                "place": row.place,
                "setting": dict(row.setting),
                "mean": row.mean,
                "half_width": row.half,
                "scores": row.values,
                "runs": [repeat.key.folder for repeat in row.repeats],
                "note": row.note,
            }
            for row in self.rows
        ]
        cautions = list(self.cautions)
        return {
            "score": self.score,
            "minimise": self.minimise,
            "settings": settings,
            "cautions": cautions,
            "left": self.left,
        }


def rank(done: Sequence[Done], definition: Definition, plan: Plan) -> Ranked:
    """The table of all tries.

    Args:
        done: the record.
        definition: the sweep.
        plan: its runs.
    """
    final = {one.what.key: one for one in done if one.what.key and not one.what.lives and one.message}
    final |= {one.what.key: one for one in done if one.what.key and one.what.lives}
    settings = {key.setting: one.what.setting for key, one in sorted(final.items()) if key and one.what.setting}
    rows = [
        _row(number, setting, [one for key, one in sorted(final.items()) if key and key.setting == number], definition)
        for number, setting in settings.items()
    ]
    scored = [one for one in final.values() if one.value is not None]
    reasons = list(dict.fromkeys(_reasons(scored)))
    rows.sort(key=lambda row: _order(row, minimise=definition.minimise))
    if not reasons:
        rows = _placed(rows, minimise=definition.minimise)
    return Ranked(
        axes=[axis.name for axis in definition.axes],
        score=next((one.score for one in scored), definition.score),
        minimise=definition.minimise,
        rows=rows,
        cautions=[*_cautions(rows, definition), *(f"not comparable: {reason}" for reason in reasons)],
        left=plan.left([one.what for one in done]),
    )


def short_names(names: Sequence[str]) -> list[str]:
    """The ends of dotted names, as long as it takes to tell them apart: `width` of `generator.width`."""
    parts = [name.split(".") for name in names]
    for kept in range(1, max(map(len, parts), default=1) + 1):
        ends = [".".join(part[-kept:]) for part in parts]
        if len(set(ends)) == len(names):
            return ends
    return list(names)


def _row(number: int, setting: Setting, runs: Sequence[Done], definition: Definition) -> Row:
    repeats = [Repeat(one.what.key, one.what.state, one.value, one.message) for one in runs if one.what.key]
    values = [repeat.value for repeat in repeats if repeat.value is not None]
    notes = []
    if any(repeat.state is State.PRUNED for repeat in repeats):
        notes.append("stopped early")
    notes += dict.fromkeys(repeat.message for repeat in repeats if repeat.state is State.FAILED)
    if values and len(values) < definition.seeds:
        notes.append(f"{len(values)} of {definition.seeds} seeds")
    mean = statistics.fmean(values) if values else None
    setting = {axis.name: setting[axis.name] for axis in definition.axes if axis.name in setting}
    return Row(number, setting, repeats, mean, half_width(values), note="; ".join(notes))


def _order(row: Row, *, minimise: bool) -> tuple[int, float, int]:
    """Scores first, then what was stopped early, then what failed."""
    if row.mean is None:
        return 2, 0.0, row.number
    return int(_was_stopped(row)), row.mean if minimise else -row.mean, row.number


def _placed(rows: Sequence[Row], *, minimise: bool) -> list[Row]:
    known = [row for row in rows if row.mean is not None and not _was_stopped(row)]
    spread = pooled_spread([row.values for row in known])
    values = [
        (row.mean, None if spread is None else spread / math.sqrt(len(row.values)) / DEVIATIONS)
        for row in known
        if row.mean is not None
    ]
    places = iter(ranks(values, lower_is_better=minimise))
    return [replace(row, place=next(places)) if row in known else row for row in rows]


def _was_stopped(row: Row) -> bool:
    return any(repeat.state is State.PRUNED for repeat in row.repeats)


def _reasons(scored: Sequence[Done]) -> Iterator[str]:
    for other in scored[1:]:
        yield from differences(scored[0].protocol, other.protocol, scored[0].score)


def _cautions(rows: Sequence[Row], definition: Definition) -> Iterator[str]:
    if definition.seeds == 1:
        yield "one seed a setting: another seed may turn the order round"
    elif any(len(row.values) == 2 for row in rows):
        yield "two scores make a wide interval: three seeds or more tell settings apart"
