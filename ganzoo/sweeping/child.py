"""One run in a process of its own: `python -m ganzoo.sweeping.child RUN CONFIG`, started by a sweep.

It begins the run, or goes on with what is there. Its standard input says when to stop: at its end, which is also what
it sees when the sweep dies, the run saves and leaves. What went wrong is the last line of its output, as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from ganzoo.config.compose import Request, compose
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import RunDirectory, open_run
from ganzoo.runs.lock import locked

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
    except GanzooError as error:
        _say({"message": error.message, "hint": error.hint})
        return error.exit_code
    return 0


def _train(out: Path, config: Path) -> None:
    from ganzoo.training import resuming
    from ganzoo.training.session import build_session
    from ganzoo.training.starting import begin

    _wait_for(out)
    if RunDirectory(out).config.exists():
        resuming.go_on(open_run(out), (), (), catalogue())
    else:
        begin(build_session(compose(Request(config=config), catalogue()), catalogue()), out, (), catalogue())


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
    from ganzoo.training.session import build_session

    session = build_session(compose(Request(config=config), catalogue()), catalogue())
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
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
