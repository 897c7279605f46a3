"""What workers share: tries are entered, claimed, and told."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganzoo.sweeping.choosing import sampler_of, suggest
from ganzoo.sweeping.definition import Definition
from ganzoo.sweeping.plan import Key, Next, Plan, Reason, State, Try
from ganzoo.sweeping.score import Measured
from ganzoo.sweeping.space import Setting, Space
from ganzoo.sweeping.storage import quiet_optuna

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial


@dataclass(frozen=True, slots=True)
class Done:
    """A try with what came of it.

    Attributes:
        what: the try.
        value: the run's score, or None.
        score: its name in full, or "".
        protocol: how it was made.
        message: why the try failed, or "".
    """

    what: Try
    value: float | None
    score: str
    protocol: Mapping[str, Any]
    message: str


class Record:
    """A sweep's record.

    Args:
        study: Optuna's.
        definition: the sweep.
        plan: its runs.
        space: its settings.
        heart: the database, where others work in it too; None: nobody does.
    """

    def __init__(
        self, study: Study, definition: Definition, plan: Plan, space: Space, heart: RDBStorage | None = None
    ) -> None:
        self.study = study
        self.is_shared = heart is not None
        self._heart = heart
        self._worker = random.SystemRandom().getrandbits(24) if heart is not None else 0
        self._definition = definition
        self._plan = plan
        self._space = space

    def tries(self) -> list[Try]:
        """All of them, in order."""
        with quiet_optuna():
            return [try_of(trial) for trial in self.study.get_trials(deepcopy=False)]

    def done(self) -> list[Done]:
        """The same with what each found."""
        with quiet_optuna():
            return [done_of(trial) for trial in self.study.get_trials(deepcopy=False)]

    def claim(self) -> tuple[Trial, Key, Setting] | None:
        """A run for this worker, its values drawn; None where nothing is left that nobody has."""
        while True:
            tries = self.tries()
            if not any(one.state is State.WAITING for one in tries):
                following = self._plan.next(tries)
                if following is None:
                    return None
                self._enter(following)
            with quiet_optuna():
                self.study.sampler = sampler_of(self._definition, len(tries) + self._worker)
                trial = self.study.ask()
            self.beat(trial)  # at once: of a worker that dies before its first beat nobody would take the run over
            mine = next(one for one in self.tries() if one.number == trial.number)
            if mine.key is None or self._plan.is_taken(trial.number, self.tries()):
                self.fail(trial, Reason.TWICE, "another worker has it")
                continue
            setting = self._draw(trial)
            with quiet_optuna():
                trial.set_user_attr("drawn", True)
            return trial, mine.key, setting

    def fail(self, trial: Trial, reason: Reason, message: str) -> None:
        """The try came to nothing."""
        from optuna.trial import TrialState

        with quiet_optuna():
            if self.has(trial):
                trial.set_user_attr("reason", str(reason))
                trial.set_user_attr("message", message[:500])
                self.study.tell(trial, state=TrialState.FAIL)

    def tell(self, trial: Trial, found: Measured) -> None:
        """The try is done."""
        with quiet_optuna():
            if self.has(trial):
                trial.set_user_attr("score", found.name)
                trial.set_user_attr("protocol", json.dumps(found.protocol))
                self.study.tell(trial, found.value)

    def pruned(self, trial: Trial) -> None:
        """The try was not worth going on."""
        from optuna.trial import TrialState

        with quiet_optuna():
            if self.has(trial):
                self.study.tell(trial, state=TrialState.PRUNED)

    def is_hopeless(self, trial: Trial, step: int, value: float) -> bool:
        """Take a score in; whether the try should be given up. One that is another worker's by now is not judged."""
        if not self.has(trial):
            return False
        with quiet_optuna():
            trial.report(value, step)
            return trial.should_prune()

    def has(self, trial: Trial) -> bool:
        """Whether the try is still this worker's: one that was silent for too long has lost it."""
        return self.tries()[trial.number].state is State.RUNNING

    def lay_down_the_dead(self) -> int:
        """Fail what workers were doing that are no more; only where nobody else works in this record. How many."""
        from optuna.trial import TrialState

        dead = [one for one in self.tries() if one.state is State.RUNNING]
        with quiet_optuna():
            for one in dead:
                self.study.tell(one.number, state=TrialState.FAIL)
        return len(dead)

    def lay_down_the_silent(self) -> None:
        """The same where others work in it: those whose heart has not beaten."""
        from optuna.storages import fail_stale_trials

        with quiet_optuna():
            fail_stale_trials(self.study)

    def beat(self, trial: Trial) -> None:
        """This worker lives."""
        if self._heart is not None:
            # Optuna's own heart beats within `Study.optimize` alone, which knows nothing of several processes.
            self._heart.record_heartbeat(trial._trial_id)

    def _enter(self, following: Next) -> None:
        key = following.key
        values = dict(following.setting or {})
        with quiet_optuna():
            self.study.enqueue_trial(values, user_attrs={"setting": key.setting, "repeat": key.repeat})

    def _draw(self, trial: Trial) -> Setting:
        chosen = {axis.name: suggest(trial, axis) for axis in self._space.choosing}
        rest = {axis.name: suggest(trial, axis) for axis in self._space.standing(chosen)}
        drawn = {**chosen, **rest}
        return {axis.name: drawn[axis.name] for axis in self._space.axes if axis.name in drawn}


def done_of(trial: FrozenTrial) -> Done:
    """A trial as the ranking sees it."""
    known = trial.user_attrs
    one = try_of(trial)
    return Done(
        what=one,
        value=trial.value if one.state is State.DONE else None,
        score=str(known.get("score", "")),
        protocol=dict(json.loads(known.get("protocol", "{}"))),
        message=str(known.get("message", "")),
    )


def try_of(trial: FrozenTrial) -> Try:
    """A trial as the plan sees it."""
    known = trial.user_attrs
    key = Key(known["setting"], known["repeat"]) if "setting" in known and "repeat" in known else None
    states = {"WAITING": State.WAITING, "RUNNING": State.RUNNING, "COMPLETE": State.DONE, "PRUNED": State.PRUNED}
    reason = Reason(known["reason"]) if "reason" in known else None
    setting = dict(trial.params) if known.get("drawn") else None
    return Try(trial.number, key, states.get(trial.state.name, State.FAILED), reason, setting)
