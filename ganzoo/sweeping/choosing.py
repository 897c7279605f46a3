"""How the next setting is drawn, and which run is not worth going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.sweeping.definition import Definition
from ganzoo.sweeping.storage import quiet_optuna
from ganzoo.sweeping.vary import Axis, Plain, Range

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler

STARTUP = 10
"""Settings drawn at random before TPE has something to learn from; Optuna's own number."""
TO_COMPARE = 5
"""Finished runs before the first is stopped for being worse than they; Optuna's own number."""


def sampler_of(definition: Definition, number: int) -> BaseSampler:
    """Draws settings. Seeded by the sweep and by a number that no other try has: none repeats what another drew."""
    from optuna.samplers import RandomSampler, TPESampler

    seed = (definition.seed * 1_000_003 + number) % 2**31
    if definition.sampler != "tpe":
        return RandomSampler(seed=seed)
    with quiet_optuna():
        return TPESampler(seed=seed, n_startup_trials=STARTUP * definition.seeds, multivariate=True, group=True)


def pruner_of(definition: Definition) -> BasePruner:
    """Stops a run that has not improved for some evaluations, if it is also worse than half of the others were then.

    A GAN's score goes up and down: one bad evaluation says nothing, and the best so far is what is compared.
    """
    from optuna.pruners import MedianPruner, NopPruner, PatientPruner

    if definition.prune is None:
        return NopPruner()
    with quiet_optuna():
        # Optuna looks at the last patience + 1 scores, and waits for none where the patience is 0.
        return PatientPruner(MedianPruner(n_startup_trials=TO_COMPARE), patience=definition.prune - 1)


def suggest(trial: Trial, axis: Axis) -> Plain:
    """A value of the axis for the try: the one it was entered with, or a new one."""
    with quiet_optuna():
        if not isinstance(axis.domain, Range):
            drawn = trial.suggest_categorical(axis.name, list(axis.domain))
            assert drawn is not None  # None is none of an axis's values
            return drawn
        low, high = axis.domain.ends
        if axis.domain.whole:
            return trial.suggest_int(axis.name, int(low), int(high), log=axis.domain.log)
        return trial.suggest_float(axis.name, low, high, log=axis.domain.log)
