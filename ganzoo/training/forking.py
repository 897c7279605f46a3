"""A new run that starts where another one stood; the other one is only read."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ganzoo.config.compose import Request, compose
from ganzoo.config.differences import differences
from ganzoo.config.overrides import Override
from ganzoo.config.tables import look
from ganzoo.contracts import Event, Observer
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.runs.directory import RunDirectory, create_run
from ganzoo.runs.leftovers import clear_leftovers
from ganzoo.runs.lock import locked
from ganzoo.training.checkpoints import Checkpoint, find_checkpoint, load_checkpoint
from ganzoo.training.resuming import stand_at
from ganzoo.training.rollback import lengths_at
from ganzoo.training.session import build_session
from ganzoo.training.starting import name_of, training_of, write_record
from ganzoo.training.weights import weights_of


def fork(
    old: RunDirectory,
    to: Path,
    which: str,
    given: Sequence[Override],
    observers: Sequence[Observer],
    catalogue: Catalogue,
) -> RunDirectory:
    """Train a new run from a checkpoint of an old one, with whatever settings its networks can take.

    Args:
        old: the run to start from.
        to: the new run directory; new or empty.
        which: `latest`, `best`, or a step's name.
        given: settings of the new run that are not the old one's.
        observers: who watches.
        catalogue: where parts are looked up.

    Raises:
        UsageError: no such checkpoint, it does not fit the new networks, or the directory holds something.
    """
    config = compose(Request(config=old.config, options=given), catalogue)
    said: list[str] = []
    path = find_checkpoint(old.checkpoints, which, say=said.append)
    session = build_session(config, catalogue)
    checkpoint = load_checkpoint(path, weights_of(session.step))
    changes = differences(checkpoint.training.get("config", {}), config.plain())
    new = create_run(to, name_of(session))
    with locked(new.path) as note:
        with _gone_if_it_fails(new):
            copy_record(old, new, checkpoint)
            training = training_of(session, new, observers, catalogue)
            players = (session.step.generator, session.step.discriminator)
            learning = {str(player.role): player.learning().keys() for player in players}
            taken_up = adapted(checkpoint, config.plain(), learning)
            stand_at(training, taken_up, path, said)
            step = training.moment.step
            origin = {"run": str(old.path.resolve()), "checkpoint": path.name}
            message = "; ".join([f"forked from {old.path}, {path.name}", *map(str, changes)])
            training.journal.event(Event("forked", step, message, {**origin, "changed": [d.path for d in changes]}))
            for change in session.changes:
                message = f"{change.strategy}: {change.path} = {change.value}"
                training.journal.event(Event("configured", step, message))
            notes = [*([note] if note else []), *_begin_without_moments(taken_up, learning)]
            if old.fact("data", "fingerprint") != session.store.fingerprint:
                notes.append(f"the images are others than those of {old.path}")
            for line in notes:
                training.journal.event(Event("note", step, line))
            training.save(planned=True)  # before it is a run: one without a checkpoint would begin at its beginning
            write_record(session, new, forked_from=origin)
        training.train()
    return new


@contextmanager
def _gone_if_it_fails(new: RunDirectory) -> Iterator[None]:
    """Make the new run inside: what fails leaves no directory, and what is killed one that can be taken again."""
    clear_leftovers(new)
    new.forking.touch()
    try:
        yield
    except BaseException:
        shutil.rmtree(new.path, ignore_errors=True)
        raise
    new.forking.unlink()


def adapted(checkpoint: Checkpoint, config: Mapping[str, Any], learning: Mapping[str, Collection[str]]) -> Checkpoint:
    """The checkpoint as a run of another configuration can take it up.

    A part that is another one, or has other settings, starts anew: the moments of an optimiser of another kind, the
    state of a strategy with other settings. Of a parameter that learns no more the moments are left out; one that
    learns from now on begins with none. The best score starts anew: the best checkpoint stays with the old run.

    Args:
        checkpoint: of the old run.
        config: of the new run, as plain nested values.
        learning: names of the parameters that learn in the new run, by role.
    """
    optimizers = {
        role: {name: kept for name, kept in moments.items() if name in learning[role]}
        for role, moments in checkpoint.training["optimizers"].items()
    }
    nothing_yet = {"evaluations": None, "rollbacks": None, "is_best": False}
    state = {**checkpoint.training, **nothing_yet, "optimizers": optimizers}
    if (before := checkpoint.training.get("config")) is not None:
        state["optimizers"] = {
            role: moments if _same(before, config, f"optimizers.{role}.kind") else {}
            for role, moments in optimizers.items()
        }
        balance = checkpoint.training["balance"]
        strategies = {
            name: kept
            for name, kept in balance["strategies"].items()
            if any(_same(before, config, f"{section}.{name}") for section in ("method", "balance"))
        }
        state["balance"] = {**balance, "strategies": strategies}
    return replace(checkpoint, training=state)


def copy_record(old: RunDirectory, new: RunDirectory, checkpoint: Checkpoint) -> None:
    """The old run's logs and grids up to the checkpoint: the new run's curves and GIF begin where it began.

    Raises:
        UsageError: the old run cannot be read, or the new one not be written.
    """
    try:
        step = int(checkpoint.training["moment"]["step"])
        lengths = lengths_at(old, step, checkpoint.training["logs"])
        for name, source, target in (("metrics", old.metrics, new.metrics), ("events", old.events, new.events)):
            with source.open("rb") as file:
                target.write_bytes(file.read(lengths[name]))
        for drawn, path in old.grids():
            if drawn <= step:
                shutil.copyfile(path, new.sample(drawn))
    except (OSError, LookupError, ValueError, TypeError) as error:
        raise UsageError(f"{old.path} could not be copied to {new.path}: {error}") from error


def _begin_without_moments(checkpoint: Checkpoint, learning: Mapping[str, Collection[str]]) -> Iterator[str]:
    """A line for each network of which some parameters learn that did not before."""
    for role, moments in checkpoint.training["optimizers"].items():
        new = len(set(learning[role]) - moments.keys())
        if new and moments:
            yield f"{role}: {new} parameters learn that did not before; the optimiser's moments of these begin anew"


def _same(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> bool:
    found = look(before, path)
    return found is not None and found == look(after, path)
