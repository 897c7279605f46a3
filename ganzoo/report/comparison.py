"""Several runs beside one another: what was set differently, what came of it, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ganzoo.errors import UsageError
from ganzoo.report.compared import ComparedRun, read_runs
from ganzoo.report.ranking import Differences, Ranking, Scored, rank

ABSENT = "–"
"""Where a run has no such setting."""
STRIPS = 6
"""Moments at which samples are shown side by side."""

Facts = Callable[[Mapping[str, object], str], Mapping[str, str]]
"""facts(protocol, score): all that the score depends on, in words."""


class Difference(NamedTuple):
    """Something that is not the same in all runs: its name, and the value in each, as text."""

    name: str
    values: tuple[str, ...]


class Moment(NamedTuple):
    """Samples of all runs after about as many images: of each run the nearest picture, and when it was drawn."""

    kimg: float
    pictures: tuple[tuple[float, Path], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `ganzoo compare` shows.

    Attributes:
        runs: in the order they were named.
        settings: of the configurations, where they differ.
        machine: versions, arithmetic, the images' content, where they differ.
        rankings: one a score.
        protocols: by score, what it depends on, run by run.
        moments: samples at equal numbers of images, up to where the shortest run ends.
    """

    runs: Sequence[ComparedRun]
    settings: Sequence[Difference]
    machine: Sequence[Difference]
    rankings: Sequence[Ranking]
    protocols: Mapping[str, Sequence[Mapping[str, str]]]
    moments: Sequence[Moment]

    def as_dict(self) -> dict[str, object]:
        """Plain values: settings, scores with their protocols and ranks, cost."""
        names = [run.name for run in self.runs]
        return {
            "runs": [
                {
                    "name": run.name,
                    "path": str(run.directory.path),
                    "kimg": run.kimg,
                    "verdict": run.verdict,
                    "ending": run.ending,
                    "copies": run.copies,
                    "images_per_s": run.cost.images_per_s,
                    "training_minutes": run.cost.training_minutes,
                    "evaluation_minutes": run.cost.evaluation_minutes,
                }
                for run in self.runs
            ],
            "settings": {one.name: dict(zip(names, one.values, strict=True)) for one in self.settings},
            "environment": {one.name: dict(zip(names, one.values, strict=True)) for one in self.machine},
            "scores": {ranking.name: self._plain(ranking, names) for ranking in self.rankings},
        }

    def _plain(self, ranking: Ranking, names: Sequence[str]) -> dict[str, object]:
        return {
            "lower_is_better": ranking.lower_is_better,
            "ranked": any(place is not None for place in ranking.ranks),
            "reasons": list(ranking.reasons),
            "cautions": list(ranking.cautions),
            "runs": {
                name: None
                if scored is None
                else {
                    "value": scored.value,
                    "rank": place,
                    "kimg": scored.kimg,
                    "standard_error": scored.standard_error,
                    "floor": scored.floor,
                    "best": scored.best,
                    "best_kimg": scored.best_kimg,
                    "protocol": dict(scored.protocol),
                }
                for name, scored, place in zip(names, ranking.scored, ranking.ranks, strict=True)
            },
        }


def compare_runs(paths: Sequence[Path], differences: Differences, facts: Facts) -> Comparison:
    """Read runs, finished or not, and put them side by side.

    Args:
        paths: run directories, two or more, each once.
        differences: why two protocols of a score cannot be ranked.
        facts: what a protocol says of a score, in words.

    Raises:
        UsageError: fewer than two runs, one named twice, or a path that is no run.
    """
    if len(paths) < 2:
        raise UsageError("comparing takes two runs or more", hint="ganzoo compare RUN RUN")
    if len({path.resolve() for path in paths}) < len(paths):
        raise UsageError("a run was named twice: a run differs from itself in nothing")
    runs = read_runs(paths)
    rankings = rank(runs, differences)
    return Comparison(
        runs=runs,
        settings=differing([run.settings for run in runs]),
        machine=differing([run.machine for run in runs]),
        rankings=rankings,
        protocols={
            ranking.name: [{} if one is None else facts(one.protocol, ranking.name) for one in ranking.scored]
            for ranking in rankings
        },
        moments=moments(runs),
    )


def differing(tables: Sequence[Mapping[str, object]]) -> list[Difference]:
    """What is not the same in all tables, in the order of the first that has it."""
    names = dict.fromkeys(name for table in tables for name in table)
    # An empty table in one run says nothing beside the settings that another has in it.
    filled = {path for name in names for path in _around(name)}
    rows = [Difference(name, tuple(_text(table, name) for table in tables)) for name in names if name not in filled]
    return [row for row in rows if len(set(row.values)) > 1]


def moments(runs: Sequence[ComparedRun]) -> list[Moment]:
    """Up to `STRIPS` moments from the first pictures to the last the shortest run has, evenly spaced."""
    grids = [run.grids() for run in runs]
    if not all(grids):
        return []
    shortest = min(grids, key=lambda of_run: of_run[-1][0])
    kept = min(STRIPS, len(shortest))
    places = [round(place * (len(shortest) - 1) / max(1, kept - 1)) for place in range(kept)]
    return [
        Moment(kimg, tuple(min(of_run, key=lambda grid: abs(grid[0] - kimg)) for of_run in grids))
        for kimg in dict.fromkeys(shortest[place][0] for place in places)
    ]


def written(scored: Scored) -> str:
    """`1.234 ± 0.05`, with the error where it is known."""
    error = "" if scored.standard_error is None else f" ± {scored.standard_error:.2g}"
    return f"{scored.value:.4g}{error}"


def _around(name: str) -> Iterator[str]:
    """The tables a setting lies in: `balance` and `balance.d-skip` of `balance.d-skip.threshold`."""
    parts = name.split(".")
    return (".".join(parts[:depth]) for depth in range(1, len(parts)))


def _text(table: Mapping[str, object], name: str) -> str:
    if name not in table:
        return ABSENT
    value = table[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else ("on" if value == {} else str(value))
