"""A run's process as the sweep sees it: started, told to leave, and how it ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ganzoo.errors import GanzooError, UsageError
from ganzoo.runs.logs import record_of
from ganzoo.sweeping.blame import REASONS
from ganzoo.sweeping.child import CHECK
from ganzoo.sweeping.plan import Reason
from ganzoo.training.interruption import SIGNALS

CHILD = (sys.executable, "-m", "ganzoo.sweeping.child")
SAVED = frozenset(128 + number for number in SIGNALS)
"""Exit codes of a run that a signal told to leave, and that saved."""
TOLD = 3
"""Last lines of a traceback that are passed on."""


class Process:
    """One child.

    Args:
        command: what is started.
        log: takes what it writes.
        environment: its own.
    """

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self._log = log
        self._told = False
        with log.open("ab") as output:
            self._begun = output.tell()  # what stands before it are the words of earlier tries
            self._popen = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=dict(environment)
            )

    @property
    def ended(self) -> bool:
        """It is gone."""
        return self._popen.poll() is not None

    def stop(self) -> None:
        """Tell it to save and leave; it takes a step's time."""
        self._told = True
        _close(self._popen.stdin)

    def kill(self) -> None:
        """End it now; what it saved last stays."""
        self._told = True
        self._popen.kill()
        self.close()

    def close(self) -> None:
        """Give back what an ended process holds."""
        self._popen.wait()
        _close(self._popen.stdin)

    def fault(self) -> tuple[Reason, str] | None:
        """Why it failed, and in words; None: it did what it should."""
        code = self._popen.returncode
        if code == 0:
            return None
        if self._told and (code in SAVED or code < 0):
            return Reason.INTERRUPTED, "stopped"
        if code < 0:
            return Reason.KILLED, f"killed by {signal.Signals(-code).name}"
        if code in SAVED:
            return Reason.INTERRUPTED, "stopped from outside"
        return REASONS.get(code, Reason.ERROR), _said(self._log, self._begun).message


def check(config: Path, environment: Mapping[str, str], child: Sequence[str] = CHILD) -> str:
    """Build in another process what a run of the configuration needs; where it would compute, `cpu` or another.

    Raises:
        GanzooError: it cannot be built.
    """
    done = subprocess.run(
        [*child, CHECK, str(config)], stdin=subprocess.DEVNULL, capture_output=True, env=dict(environment), check=False
    )
    facts = _last_record(done.stdout) or {}
    if done.returncode == 0:
        return str(facts.get("device", "cpu"))
    error = _error(facts, done.stderr)
    if done.returncode in REASONS:
        raise UsageError(error.message, hint=error.hint)
    raise error


def _said(log: Path, begun: int) -> GanzooError:
    content = log.read_bytes()[begun:]
    return _error(_last_record(content) or {}, content)


def _error(facts: Mapping[str, Any], output: bytes) -> GanzooError:
    if "message" in facts:
        return GanzooError(str(facts["message"]), hint=str(facts.get("hint", "")))
    lines = output.decode(errors="replace").strip().splitlines()[-TOLD:]
    return GanzooError(lines[-1] if lines else "ended without a word", hint="\n".join(lines[:-1]))


def _last_record(output: bytes) -> dict[str, Any] | None:
    lines = output.strip().splitlines()
    return record_of(lines[-1]) if lines else None


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None and not pipe.closed:
        pipe.close()
