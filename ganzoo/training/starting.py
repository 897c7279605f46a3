"""What every run starts with: its record, and who watches it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ganzoo.config.writing import to_toml
from ganzoo.contracts import Event, Observer
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.directory import RunDirectory, create_run
from ganzoo.runs.environment import environment
from ganzoo.runs.journal import Journal
from ganzoo.runs.leftovers import clear_leftovers
from ganzoo.runs.lock import locked
from ganzoo.training.loop import Training
from ganzoo.training.session import Session, sizes_of
from ganzoo.training.unwritten import Unwritten


def begin(session: Session, out: Path | None, observers: Sequence[Observer], catalogue: Catalogue) -> RunDirectory:
    """Make the run's directory and train in it to the end.

    Args:
        session: the run.
        out: its directory, new or empty; None: a new one in `runs/`.
        observers: who watches, beside those the configuration names.
        catalogue: where those are looked up.

    Raises:
        UsageError: the directory cannot be made.
    """
    ranks = session.step.ranks
    with ExitStack() as held:

        def prepare() -> tuple[RunDirectory, Journal, str]:
            run = create_run(out, name_of(session))
            note = held.enter_context(locked(run.path))
            named = observers_of(session, run, catalogue)  # first: what cannot watch is said before there is a run
            clear_leftovers(run)  # of a start that was killed here
            write_record(session, run)
            return run, Journal(run, [*observers, *named]), note

        prepared = ranks.all_or_none(lambda: prepare() if ranks.leads else None)
        run = RunDirectory(ranks.told(prepared[0].path.absolute() if prepared else Path()))
        if prepared is None:
            Training(session, run, Unwritten()).train()
            return run
        run, journal, note = prepared
        training = Training(session, run, journal)
        if note:
            training.journal.event(Event("note", 0, note))
        training.train()
    return run


def name_of(session: Session) -> str:
    """How its directory is called where the user gave no name: `dcgan-avatars`."""
    return f"{session.config.recipe.rpartition('/')[2]}-{session.store.name}"


def write_record(session: Session, run: RunDirectory, **facts: object) -> None:
    """environment.json, then config.toml: with it, the directory is a run.

    Args:
        session: the run.
        run: its directory.
        **facts: more for environment.json; plain values.
    """
    shape = session.store.shape
    about = environment(
        data={
            "name": session.store.name,
            "fingerprint": session.store.fingerprint,
            "images": len(session.store),
            "classes": list(session.store.classes),
        },
        training={
            "images_a_step": session.images_a_step_asked,
            "images_a_pass": session.images,
            "processes": session.step.ranks.count,
        },
        shape={"size": shape.size, "channels": shape.channels, "num_classes": shape.num_classes},
        arithmetic=str(session.arithmetic),
        parameters=sizes_of(session),
        **facts,
    )
    write_atomic(run.environment, about)
    write_atomic(run.config, to_toml(session.config))


def training_of(session: Session, run: RunDirectory, observers: Sequence[Observer], catalogue: Catalogue) -> Training:
    """The session in its directory, watched by the observers given and by those the configuration names."""
    if not session.step.ranks.leads:
        return Training(session, run, Unwritten())
    return Training(session, run, Journal(run, [*observers, *observers_of(session, run, catalogue)]))


def observers_of(session: Session, run: RunDirectory, catalogue: Catalogue) -> list[Observer]:
    """Those whom the configuration names.

    Raises:
        UsageError: one needs a package that is not installed.
    """
    named = session.effective.logging.observers
    return [catalogue.find(Kind.OBSERVER, name).build(settings, run.path) for name, settings in named.items()]
