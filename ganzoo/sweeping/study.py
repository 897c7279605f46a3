"""The study that workers share, and the sweep written into it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ganzoo.errors import UsageError
from ganzoo.sweeping.choosing import pruner_of
from ganzoo.sweeping.definition import Definition, checked
from ganzoo.sweeping.storage import quiet_optuna

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage

OURS = "ganzoo"
"""The study's attribute that holds the sweep."""
PATIENCE = 30
"""Tenths of a second in which a study's maker says what it is."""


def open_study(storage: BaseStorage, name: str, definition: Definition | None) -> tuple[Study, Definition]:
    """The study of that name, made where there is none, and the sweep that it is of.

    Raises:
        UsageError: there is none and no sweep is given, or it is another sweep.
    """
    import optuna

    with quiet_optuna():
        names = optuna.get_all_study_names(storage)
        if name not in names:
            if definition is None:
                raise UsageError(f"--name {name}: the database has no such sweep", hint=_known(names))
            try:
                study = optuna.create_study(
                    storage=storage, study_name=name, direction="minimize" if definition.minimise else "maximize"
                )
                study.set_user_attr(OURS, json.dumps(definition.as_dict()))
            except optuna.exceptions.DuplicatedStudyError:  # another worker was faster
                study = optuna.load_study(study_name=name, storage=storage)
        else:
            study = optuna.load_study(study_name=name, storage=storage)
        kept = checked(_kept(study, name, definition), f"the study {name}")
    if definition is not None and kept != definition:
        theirs, ours = kept.as_dict(), definition.as_dict()
        other = ", ".join(field for field in ours if ours[field] != theirs[field])
        raise UsageError(
            f"--name {name}: there is another sweep of that name; it differs in: {other}",
            hint="give this one another --name, or join that one with --storage and --name alone",
        )
    study.pruner = pruner_of(kept)
    return study, kept


def _kept(study: Study, name: str, definition: Definition | None) -> Mapping[str, Any]:
    """What the study's maker wrote right after making it; another worker may look in between, or a kill have come."""
    for _ in range(PATIENCE):
        if OURS in study.user_attrs:
            return dict(json.loads(study.user_attrs[OURS]))
        time.sleep(0.1)
    if definition is None or study.get_trials(deepcopy=False):
        raise UsageError(f"--name {name}: the study is not one of ganzoo's sweeps")
    study.set_user_attr(OURS, json.dumps(definition.as_dict()))
    return definition.as_dict()


def _known(names: Sequence[str]) -> str:
    return f"it has {', '.join(names)}" if names else "it has none yet: begin one with a recipe and --vary"
