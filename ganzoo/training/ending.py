"""How a run ends that did not get to its end, in words that help."""

from __future__ import annotations

import errno

import torch

from ganzoo.config.models import RunConfig
from ganzoo.contracts import Moment
from ganzoo.errors import GanzooError, Interrupted, TrainingError
from ganzoo.runs.directory import RunDirectory
from ganzoo.training.ranks import LostProcess

_ON_THE_CPU = ("not enough memory", "can't allocate memory", "Cannot allocate memory")
"""How torch says it on a CPU, in a plain RuntimeError."""


def in_words(error: BaseException, run: RunDirectory, moment: Moment, given: RunConfig) -> GanzooError | None:
    """What ended the run, as the user reads it; None where it is said already, or is not ours to say.

    Args:
        error: what came up.
        run: where it is.
        moment: the run's last.
        given: the configuration as the user gave it; a strategy may have made its batches larger or smaller.
    """
    if isinstance(error, LostProcess):
        return LostProcess(error.message, hint=f"go on from the last checkpoint: {run.to_resume}")
    if isinstance(error, OSError):
        what = f"the run cannot be written: {error.strerror or error}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return TrainingError(what, hint=f"make room, then {run.to_resume}")
        return TrainingError(what, hint=f"once it can be, {run.to_resume}")
    if is_out_of_memory(error):
        smaller = max(1, given.training.batch_size // 2)
        return TrainingError(
            f"out of memory with batches of {moment.batch_size} images at step {moment.step:,}",
            hint=f"start again with a smaller one, --batch-size {smaller}",
        )
    return None


def note_the_way_on(error: BaseException, run: RunDirectory) -> None:
    """Below the traceback of a mistake in a part's code, or in ours: the run is not lost with it."""
    if isinstance(error, Exception) and not isinstance(error, GanzooError):
        error.add_note(f"the run's last checkpoint is whole; once this is mended, {run.to_resume}")


def interrupted(signal: int, run: RunDirectory, moment: Moment, *, saved: bool) -> Interrupted:
    """A signal came, and the step was finished; `saved`: and is in a checkpoint."""
    stopped = f"stopped after step {moment.step:,}"
    if saved:
        error = Interrupted(f"{stopped}; everything is saved", hint=f"go on with: {run.to_resume}")
    else:
        error = Interrupted(
            f"{stopped}, which is not saved: the best checkpoint, of an earlier attempt, has its name",
            hint=f"go on from the checkpoint before it: {run.to_resume}",
        )
    error.exit_code = 128 + signal
    return error


def not_finite(why: str, returns: int, run: RunDirectory) -> TrainingError:
    """Going back helped no more, or was not wanted."""
    after = f", after {returns} returns to an earlier checkpoint" if returns else ""
    return TrainingError(
        f"{why}{after}",
        hint=f"the last checkpoint is whole: {run.checkpoints}\n"
        "try a lower rate, for example --set optimizers.generator.learning_rate=2e-4, or --precision fp32",
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the error means that memory is used up, a GPU's or the machine's."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _ON_THE_CPU)


def advice_for(error: Exception, setting: str) -> str:
    """The way out where memory was used up: the setting that makes smaller what was too large."""
    return f"out of memory: set a smaller `{setting}`" if is_out_of_memory(error) else ""
