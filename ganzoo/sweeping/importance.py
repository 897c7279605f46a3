"""Which of the things that varied mattered."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from ganzoo.sweeping.storage import quiet_optuna

if TYPE_CHECKING:
    from optuna import Study

FEWEST = 4
"""Scores below which nothing can be said."""


def importance_of(study: Study) -> dict[str, float]:
    """A share an axis, the largest first, 1 together; {} where too little is known.

    How much the best tenth of the runs differs from all in this axis: Watanabe et al. 2023, "PED-ANOVA: Efficiently
    Quantifying Hyperparameter Importance in Arbitrary Subspaces".
    """
    from optuna.importance import get_param_importances
    from optuna.trial import TrialState

    with quiet_optuna(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few runs; the page says how many there are
        values = [trial.value for trial in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))]
        if len(values) < FEWEST or len(set(values)) < 2:
            return {}
        return get_param_importances(study)
