"""Which part of a run's record is its own: a fork's begins with that of the run it was forked from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def since_the_fork(events: Sequence[Mapping[str, Any]]) -> tuple[int, Sequence[Mapping[str, Any]]]:
    """The step at which a fork began, and the events from then on; -1, and all, of a run that is no fork.

    Args:
        events: lines of events.jsonl, whatever stands in them.
    """
    for index in reversed(range(len(events))):
        step = events[index].get("step")
        if events[index].get("kind") == "forked" and isinstance(step, int):
            return step, events[index:]
    return -1, events
