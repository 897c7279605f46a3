"""The one exception family. Each message names the thing, where it came from, and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class GanzooError(Exception):
    """Whatever ganzoo raises on purpose.

    Attributes:
        hint: the way out, one or more lines, shown below the message.
        exit_code: what the command line ends with.
        is_another_processes: another process of the run is the cause, and has its own message.
    """

    exit_code = 1
    is_another_processes = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return "\n".join([self.message, *self.hint.splitlines()])


class UsageError(GanzooError):
    """The user's input cannot work: a name, a setting, a file, a device. Nothing was started, nothing is lost."""

    exit_code = 2


class ContractError(GanzooError):
    """A plugin broke a rule of its contract. The message names the part and the rule."""


class TrainingError(GanzooError):
    """Training cannot go on. What was saved stays usable; the hint says how to go on from it."""


class Interrupted(GanzooError):  # noqa: N818 - what happened, not an error of anyone's
    """The user asked the run to stop: the step was finished and saved."""

    exit_code = 130


class GanzooWarning(UserWarning):
    """What is asked for is done, and otherwise than one would think: a fallback was taken."""


def close_matches(name: str, known: Iterable[str]) -> list[str]:
    """The two nearest known names, the nearest first; fewer, or none, where they are not near."""
    return difflib.get_close_matches(name, sorted(known), n=2, cutoff=0.55)


def did_you_mean(names: Sequence[str]) -> str:
    """` Did you mean \\`x\\` or \\`y\\`?`, or nothing for none."""
    return f" Did you mean {' or '.join(f'`{name}`' for name in names)}?" if names else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean \\`x\\`?` for the nearest known name, or nothing where none is near."""
    return did_you_mean(close_matches(name, known))
