"""Going on with a run, exactly where it would have gone on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from ganzoo.config.compose import Request, compose
from ganzoo.config.differences import Difference, differences
from ganzoo.config.files import read_config
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.config.writing import to_toml
from ganzoo.contracts import Event, Observer
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.leftovers import clear_leftovers
from ganzoo.runs.lock import locked
from ganzoo.training.checkpoints import Checkpoint, configuration_of, find_checkpoint, load_checkpoint
from ganzoo.training.loop import Training
from ganzoo.training.ranks import ALONE, Ranks
from ganzoo.training.session import Session, build_session
from ganzoo.training.starting import training_of
from ganzoo.training.weights import weights_of


def go_on(
    run: RunDirectory,
    given: Sequence[Override],
    observers: Sequence[Observer],
    catalogue: Catalogue,
    ranks: Ranks = ALONE,
) -> None:
    """Train from the last whole checkpoint to the end.

    Args:
        run: the run directory.
        given: settings the user gives now; only such as no weight depends on.
        observers: who watches.
        catalogue: where parts are looked up.
        ranks: the processes that go on together; another number than before works on the same batches.

    Raises:
        UsageError: another process trains in it, there is no whole checkpoint, its data or its settings changed.
    """
    with ExitStack() as held:
        said: list[str] = []

        def prepare() -> tuple[RunConfig, Path | None, str]:
            note = held.enter_context(locked(run.path))
            clear_leftovers(run)
            config = compose(Request(config=run.config, options=given), catalogue)
            path = None
            if any(run.checkpoints.glob("step-*")):
                path = find_checkpoint(run.checkpoints, say=said.append)
                _check_unchanged(configuration_of(path), config, run, given)
            return config, path, note

        def build() -> Session:
            session = build_session(config, catalogue, ranks)
            if run.fact("data", "fingerprint") != session.store.fingerprint:
                raise UsageError(
                    f"the images of {session.store.name} are not those the run was started with",
                    hint=f"put the old ones back, or take these in a new run: {run.to_resume} --fork NEW_RUN",
                )
            return session

        prepared = ranks.all_or_none(lambda: prepare() if ranks.leads else None)
        path, note = ranks.told(prepared[1:] if prepared else (None, ""))
        config = prepared[0] if prepared else compose(Request(config=run.config, options=given), catalogue)
        session = ranks.all_or_none(build)
        expected = weights_of(session.step)
        read = lambda: load_checkpoint(path, expected) if path and ranks.leads else None  # noqa: E731
        checkpoint = ranks.told(ranks.all_or_none(read))  # of rank 0: others may see an older folder, or none
        training = training_of(session, run, observers, catalogue)
        if path and checkpoint:
            stand_at(training, checkpoint, path, said)
        else:  # stopped before its first checkpoint: it begins again
            training.journal.cut({})
            training.forget_later_grids()
        if note:
            training.journal.event(Event("note", training.moment.step, note))
        if given and ranks.leads:
            write_atomic(run.config, to_toml(config))
        training.train()


def stand_at(training: Training, checkpoint: Checkpoint, path: Path, notes: Sequence[str] = ()) -> None:
    """Let the training stand where the checkpoint was written.

    Raises:
        UsageError: the checkpoint is whole, but not one of this run.
    """
    try:
        training.load(checkpoint, notes)
    except (LookupError, ValueError, TypeError, AttributeError, RuntimeError, AssertionError) as error:
        raise UsageError(
            f"{path} does not fit the run: {type(error).__name__}: {error}",
            hint="was it copied from another run, or written by another version of ganzoo or of a plugin?",
        ) from error


def _check_unchanged(
    trained_with: Mapping[str, object] | None, config: RunConfig, run: RunDirectory, given: Sequence[Override]
) -> None:
    if trained_with is None:  # a checkpoint of a time when none was written: nothing to compare with
        return
    found = [d for d in differences(trained_with, config.plain()) if not d.is_safe]
    if not found:
        return
    origins = {override.path: override.origin for override in [*read_config(run.config), *given]}
    raise UsageError(
        f"{run.path} cannot go on with other settings than those it was trained with",
        hint="\n".join(
            [
                *(_with_origin(difference, origins) for difference in found),
                f"a new run from its checkpoint can: {run.to_resume} --fork NEW_RUN, with them as --set",
            ]
        ),
    )


def _with_origin(difference: Difference, origins: Mapping[str, str]) -> str:
    origin = origins.get(difference.path)
    return f"{difference} (from {origin})" if origin else str(difference)
