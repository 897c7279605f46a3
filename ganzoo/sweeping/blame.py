"""Whose fault it is that a run failed: the setting's, the run's, or the machine's, which can be mended."""

from __future__ import annotations

from ganzoo.errors import GanzooError, UsageError
from ganzoo.sweeping.plan import Reason

TRY_AGAIN = 75
"""A run's exit code where the machine is at fault; sysexits.h calls it EX_TEMPFAIL."""
REASONS = {UsageError.exit_code: Reason.IMPOSSIBLE, TRY_AGAIN: Reason.MACHINE}
"""By a run's exit code, which gets through where a full disk takes no words; any other is `Reason.ERROR`."""


class Impossible(UsageError):  # noqa: N818 - what the setting is, not an error of anyone's
    """The setting itself cannot be, whatever the seed and the machine."""


def blamed(error: UsageError) -> UsageError:
    """An error that came up while a setting was composed or built: `Impossible`, or the machine's, as it is."""
    return error if _is_born_of_the_system(error) else Impossible(error.message, hint=error.hint)


def exit_code_of(error: GanzooError | OSError) -> int:
    """`TRY_AGAIN` where the machine is at fault, else the error's own.

    Once its setting could be built, what a run has to say to its user is what is wrong where it lies: its folder is in
    use, no checkpoint in it is whole, its data are others than they were.
    """
    if not isinstance(error, GanzooError) or _is_born_of_the_system(error):
        return TRY_AGAIN
    if isinstance(error, UsageError) and not isinstance(error, Impossible):
        return TRY_AGAIN
    return error.exit_code


def _is_born_of_the_system(error: BaseException | None) -> bool:
    """Whether an `OSError` lies at its root: a full disk, a file that is not there, a network that does not answer."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__
    return error is not None
