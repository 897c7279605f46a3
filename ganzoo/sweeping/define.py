"""From what the user asked for to a definition that is complete and checked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from ganzoo.config.compose import Request
from ganzoo.config.overrides import Override
from ganzoo.contracts.record import NONE
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.sweeping.definition import Definition, OptionRecord, recorded
from ganzoo.sweeping.plan import Plan
from ganzoo.sweeping.portable import portable, portable_axis, portable_file
from ganzoo.sweeping.score import Goal, goal_of
from ganzoo.sweeping.space import Setting, Space
from ganzoo.sweeping.vary import OPTION, Axis

Sampler = Literal["grid", "random", "tpe"]
SAMPLERS: tuple[Sampler, ...] = ("grid", "random", "tpe")
TRIALS = 20
"""Settings a search tries where nothing is said."""


def define(
    request: Request,
    axes: Sequence[Axis],
    catalogue: Catalogue,
    *,
    seeds: int,
    minimise: str | None,
    maximise: str | None,
    sampler: str | None,
    trials: int | None,
    prune: int | None,
) -> Definition:
    """The sweep, every setting of it composed once; of a search, settings with every value and every end of a range.

    Args:
        request: what all runs have in common.
        axes: what varies.
        catalogue: where parts are looked up.
        seeds: repeats of each setting.
        minimise: the score that is better when it is lower; or
        maximise: when it is higher; neither: the first the runs measure.
        sampler: one of `SAMPLERS`; None: a grid, or TPE where a range is searched.
        trials: settings; None: the whole grid, or `TRIALS`.
        prune: evaluations without improvement; None: no run is stopped.

    Raises:
        UsageError: something cannot be; nothing was started.
    """
    if not axes:
        raise UsageError(
            "what shall vary?", hint=f"{OPTION} balance.d-skip.threshold=0.7,0.8 (see `ganzoo config resolve`)"
        )
    if seeds < 1 or (trials is not None and trials < 1) or (prune is not None and prune < 1):
        raise UsageError("--seeds, --trials and --prune are 1 or more")
    space = Space(portable(request, catalogue), [portable_axis(axis, catalogue) for axis in axes], catalogue)
    chosen = _sampler(sampler, space)
    settings = space.grid() if chosen == "grid" else space.examples()
    space.check(settings[:1])
    config = space.config(settings[0])
    goal = goal_of(minimise, maximise, config, catalogue)
    if not config.evaluation.at_end:
        raise UsageError("evaluation.at_end is off: settings are ranked by the score at the end")
    if prune is not None and config.evaluation.every_kimg is None:
        raise UsageError("--prune: runs are scored only at their end", hint="--set evaluation.every_kimg=20")
    space = Space(_measuring(space.base, goal, prune), space.axes, catalogue)
    space.check(settings)
    return _definition(
        space.base,
        axes=recorded(space.axes),
        seed=config.training.seed,
        seeds=seeds,
        score=goal.score,
        minimise=goal.minimise,
        sampler=chosen,
        trials=min(trials or len(settings), len(settings)) if chosen == "grid" else trials or TRIALS,
        prune=prune,
    )


def plan_of(definition: Definition, space: Space, since: int = 0) -> Plan:
    """Its runs; of a grid that is not tried whole, a part drawn by the sweep's seed.

    Args:
        definition: the sweep.
        space: its settings.
        since: as the plan's.
    """
    fixed: Sequence[Setting] = ()
    if definition.sampler == "grid":
        fixed = space.grid()
        if definition.trials < len(fixed):
            drawn = random.Random(definition.seed).sample(range(len(fixed)), definition.trials)
            fixed = [fixed[index] for index in sorted(drawn)]
    return Plan(definition.trials, definition.seeds, fixed, since)


def _sampler(asked: str | None, space: Space) -> Sampler:
    if asked is None:
        return "tpe" if space.has_ranges else "grid"
    for known in SAMPLERS:
        if asked == known:
            return known
    raise UsageError(f"--sampler {asked}: there is {', '.join(SAMPLERS)}")


def _measuring(base: Request, goal: Goal, prune: int | None) -> Request:
    """The goal's score is measured, the best checkpoint is chosen by it; below what the user says."""
    ours = []
    if goal.ranks:
        ours.append(Override("evaluation.best_by", goal.score, "the sweep"))
    if prune is not None:  # runs are compared after as many images, scored alike: no budget may move an evaluation
        ours.append(Override("evaluation.budget", NONE, "--prune"))
    metrics = (*base.metrics, goal.metric) if goal.metric else base.metrics
    return replace(base, metrics=metrics, options=[*ours, *base.options])


def _definition(request: Request, **facts: Any) -> Definition:  # Any: the fields of a definition, checked by it
    text, suffix = (None, ".toml") if request.config is None else portable_file(request.config)
    return Definition(
        recipe=request.recipe,
        preset=request.preset,
        config=text,
        config_suffix=suffix,
        data=request.data,
        balance=tuple(request.balance),
        metrics=tuple(request.metrics),
        observers=tuple(request.observers),
        options=tuple(OptionRecord(path=o.path, value=o.value, origin=o.origin) for o in request.options),
        **facts,
    )
