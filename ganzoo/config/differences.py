"""Two configurations compared: what differs, and whether a run may go on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ganzoo.config.tables import flatten, look
from ganzoo.config.validation import NAMED

SAFE = (
    "training.epochs",
    "training.steps",
    "training.stop_when",
    "training.retries",
    "samples",
    "evaluation",
    "checkpoints",
    "logging",
    "data.source",  # the images themselves are compared by content
    "data.memory_gb",
    "training.microbatch",  # the same batch, added up otherwise: to rounding, as with another number of processes
)
"""Settings and sections that no weight depends on: with others a run would not be the one that was begun."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting with two values; `ABSENT` where one configuration does not have it."""

    path: str
    before: object
    after: object

    @property
    def is_safe(self) -> bool:
        """No weight depends on it."""
        return any(self.path == name or self.path.startswith(f"{name}.") for name in SAFE)

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.before)} in the run, {_shown(self.after)} now"


ABSENT = object()
"""In place of a value."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs, by dotted path.

    A setting that only `after` has is one that a newer version added, unless it is of a part that `before` has not: a
    strategy more, say.

    Args:
        before: a configuration as plain nested values.
        after: likewise.
    """
    old, new = dict(flatten(before)), dict(flatten(after))
    found = []
    for path in [*old, *(path for path in new if path not in old)]:
        was, now = old.get(path, ABSENT), new.get(path, ABSENT)
        if was is ABSENT and not _is_of_a_new_part(path, before):
            continue
        if now is ABSENT and was == {} and any(other.startswith(f"{path}.") for other in new):
            continue  # a part without settings, which has got some
        if was != now:
            found.append(Difference(path, was, now))
    return found


def _is_of_a_new_part(path: str, before: Mapping[str, Any]) -> bool:
    for section in NAMED:
        if path.startswith(f"{section}."):
            part = path.removeprefix(f"{section}.").partition(".")[0]
            return part not in (look(before, section) or {})
    return False


def _shown(value: object) -> str:
    return "absent" if value is ABSENT else str(value) if isinstance(value, bool) else repr(value)
