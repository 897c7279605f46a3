"""Which run comes next. Pure: workers that see the same record answer the same, but for what each has forgiven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ganzoo.sweeping.space import Setting

TRIES_AT_MOST = 3
"""Times a run is begun or taken up again where its worker lived and the system killed it (memory, most often), or the
machine failed it."""


class Key(NamedTuple):
    """One run of a sweep: a setting's number and its repeat's, both from 0."""

    setting: int
    repeat: int

    @property
    def folder(self) -> str:
        """Its run directory's name."""
        return f"{self.setting:04d}-{self.repeat}"


class State(StrEnum):
    """Of one try of a run."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PRUNED = "pruned"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a try failed, where its worker lived to say it."""

    IMPOSSIBLE = "impossible"
    """The setting cannot be, whatever the seed."""
    ERROR = "error"
    """The run said what is wrong: again, it would say the same."""
    MACHINE = "machine"
    """What the run stands on failed it: a full disk, a lock, a file. Once that is mended it can go on."""
    KILLED = "killed"
    INTERRUPTED = "interrupted"
    TWICE = "twice"
    """Another worker tries the same run."""


@dataclass(frozen=True, slots=True)
class Try:
    """One line of the record.

    Attributes:
        number: in the order in which tries were entered.
        key: the run; None: entered by mistake.
        state: so far.
        reason: of a failed one; None: its worker died.
        setting: the values, once they are all drawn.
    """

    number: int
    key: Key | None
    state: State
    reason: Reason | None = None
    setting: Setting | None = None

    @property
    def lives(self) -> bool:
        """It is, or will be, what is known of its run."""
        return self.state is not State.FAILED


class Next(NamedTuple):
    """A run to enter. `setting`: its values; None: they are drawn when it starts."""

    key: Key
    setting: Setting | None


@dataclass(frozen=True)
class Plan:
    """What a sweep consists of.

    Attributes:
        trials: settings.
        seeds: repeats of each.
        fixed: the settings' values, where they are known from the start; empty: drawn one by one.
        since: number of the first try this worker saw begin: the machine's failures before are forgiven, for whoever
            starts a worker anew may have mended it.
    """

    trials: int
    seeds: int
    fixed: Sequence[Setting] = field(default_factory=tuple)
    since: int = 0

    def keys(self) -> list[Key]:
        """Every run, in the order in which they are begun.

        A grid is gone through once before it is repeated: what is stopped early has seen all of it. A search repeats
        each setting before it draws the next, which then learns from it.
        """
        if self.fixed:
            return [Key(setting, repeat) for repeat in range(self.seeds) for setting in range(self.trials)]
        return [Key(setting, repeat) for setting in range(self.trials) for repeat in range(self.seeds)]

    def next(self, tries: Sequence[Try]) -> Next | None:
        """The first run that nobody has, or None."""
        living = {one.key for one in tries if one.lives}
        settings = {one.key.setting: one.setting for one in tries if one.key and one.setting is not None}
        given_up = self._given_up(tries)
        for key in self.keys():
            if key in living or key in given_up or key.setting in given_up:
                continue
            values = self.fixed[key.setting] if self.fixed else settings.get(key.setting)
            if values is None and key.repeat > 0:
                continue  # a repeat of what is being drawn by another worker
            return Next(key, values)
        return None

    def left(self, tries: Sequence[Try]) -> int:
        """How many runs are under way, or will be begun."""
        over = {one.key for one in tries if one.state in (State.DONE, State.PRUNED)}
        running = {one.key for one in tries if one.state in (State.WAITING, State.RUNNING)}
        given_up = self._given_up(tries)
        return sum(
            key in running or not (key in over or key in given_up or key.setting in given_up) for key in self.keys()
        )

    def is_taken(self, number: int, tries: Sequence[Try]) -> bool:
        """Whether an earlier try has the same run: of several workers that entered it at once, the first keeps it."""
        key = next(one.key for one in tries if one.number == number)
        return any(one.key == key and one.lives and one.number < number for one in tries)

    def _given_up(self, tries: Sequence[Try]) -> set[Key | int | None]:
        """Settings that were stopped as not worth it, or cannot be; and single runs that failed too often."""
        settings = {
            one.key.setting
            for one in tries
            if one.key and (one.state is State.PRUNED or one.reason is Reason.IMPOSSIBLE)
        }
        tried = Counter(
            one.key
            for one in tries
            if one.reason is Reason.KILLED or (one.reason is Reason.MACHINE and one.number >= self.since)
        )
        often = {key for key, times in tried.items() if times >= TRIES_AT_MOST}
        return {*settings, *often, *(one.key for one in tries if one.reason is Reason.ERROR)}
