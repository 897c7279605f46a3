"""One run in a process of its own: `python -m ganzoo.sweeping.child RUN CONFIG`, started by a sweep.

It begins the run, or goes on with what is there. Its standard input says when to stop: at its end, which is also what
it sees when the sweep dies, the run saves and leaves. What went wrong is the last line of its output, as JSON; whose
fault it was is the exit code.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.config.compose import Request, compose
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.atomic import write_all
from ganzoo.runs.contained import check_contained
from ganzoo.runs.directory import RunDirectory, open_run
from ganzoo.runs.lock import locked
from ganzoo.sweeping.blame import blamed, exit_code_of

if TYPE_CHECKING:
    from ganzoo.training.session import Session

CHECK = "--check"
PATIENCE_S = 120.0
"""A sweep that was killed may have left a run that is saving; it is waited for."""


def main(arguments: list[str]) -> int:
    """Train, or with `--check CONFIG` build all a run needs and say where it would compute; the exit code."""
    try:
        if arguments[0] == CHECK:
            _say({"device": _check(Path(arguments[1]))})
        else:
            _leave_when_told()
            _train(Path(arguments[0]), Path(arguments[1]))
    except (GanzooError, OSError) as error:
        known = error if isinstance(error, GanzooError) else GanzooError(str(error))
        _say({"message": known.message, "hint": known.hint})
        return exit_code_of(error)
    return 0


def _train(out: Path, config: Path) -> None:
    from ganzoo.training import resuming
    from ganzoo.training.starting import begin

    if out.is_dir():
        check_contained(out)  # before its lock is written
    _wait_for(out)
    if RunDirectory(out).config.exists():
        resuming.go_on(open_run(out), (), (), catalogue())
    else:
        begin(_built(config), out, (), catalogue())


def _built(config: Path) -> Session:
    """All that the run needs.

    Raises:
        Impossible: the setting cannot be.
        UsageError: this machine refuses something it needs.
    """
    from ganzoo.training.session import build_session

    try:
        return build_session(compose(Request(config=config), catalogue()), catalogue())
    except UsageError as error:
        raise blamed(error) from error.__cause__


def _wait_for(run: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while run.is_dir():
        try:
            with locked(run):
                return
        except UsageError:
            if time.monotonic() > until:
                raise
        time.sleep(0.5)


def _check(config: Path) -> str:
    session = _built(config)
    if session.evaluator is not None:
        session.evaluator.prepare()  # the statistics of the reals, for all runs
    return str(session.arithmetic.device.type)


def _leave_when_told() -> None:
    if hasattr(
        signal, "pthread_sigmask"
    ):  # Ctrl-C reaches every process of a terminal; the sweep decides what it means
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _say(facts: dict[str, str]) -> None:
    with suppress(OSError):  # a full disk has no room for words either; the exit code is there all the same
        sys.stdout.flush()
        write_all(sys.stdout.fileno(), f"{json.dumps(facts)}\n".encode())  # past the buffer, which would fail again


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
