"""`--processes N`: this command N times on this machine, each with its share of the threads. Torch-free.

Under `torchrun`, or a scheduler that sets `RANK` and `WORLD_SIZE`, nothing is started: the processes are there.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

MEETING = "GANZOO_MEETING"
"""Environment variable: the file by which processes of one machine find one another."""
ANOTHERS = 3
"""Exit code of a process that ends because another one did: what that one says is what matters."""
ASKED_TO_STOP = 128
"""Exit codes from here on are those of a signal that was answered in good order."""
GRACE_S = 10.0
"""After one process died, the others have so long to notice it and say so; after a SIGTERM, as long again."""
POLL_S = 0.05


def is_launched() -> bool:
    """Whether this process is one of several already."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def place() -> int:
    """This process's among several, 0 for the first; 0 too where it is the only one."""
    return int(os.environ.get("RANK", "0")) if is_launched() else 0


def threads_each(processes: int) -> int:
    """Threads for each of so many processes on the cores this one may use."""
    return max(1, len(_cores()) // processes)


def keep_to_own_cores() -> None:
    """Of processes that wait for one another several times a step, each has its share of the cores to itself.

    Moved about by the system they get into each other's way: two of them, a thread each, took 13 % longer a step.
    Nothing where there are fewer cores than processes, or where the system does not know it (Linux does).
    """
    rank, processes = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])  # all on this machine
    cores, each = _cores(), len(_cores()) // processes
    if each and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores[rank * each : (rank + 1) * each])


def _cores() -> list[int]:
    """Those this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def launch(arguments: Sequence[str], processes: int) -> int:
    """Run `python -m ganzoo ARGUMENTS` in so many processes until all have ended; the exit code.

    The first one has the terminal. A signal is handed on to all of them, once. Where one dies, the others end by
    themselves; what the first to fail had to say is shown.
    """
    with tempfile.TemporaryDirectory(prefix="ganzoo-processes-") as folder:
        group = _Group([_start(arguments, rank, processes, Path(folder)) for rank in range(processes)], Path(folder))
        before = {number: signal.signal(number, group.hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return group.wait()
        finally:
            group.kill()
            for number, handler in before.items():
                signal.signal(number, handler)


def _start(arguments: Sequence[str], rank: int, processes: int, folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        "OMP_NUM_THREADS": str(threads_each(processes)),
        **os.environ,
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(processes),
        "LOCAL_WORLD_SIZE": str(processes),
        MEETING: str(folder / "meeting"),
    }
    command = [sys.executable, "-m", "ganzoo", *arguments]
    if rank == 0:
        return subprocess.Popen(command, env=environment, start_new_session=True)
    with _said(folder, rank).open("wb") as said:
        return subprocess.Popen(
            command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=said
        )


def _said(folder: Path, rank: int) -> Path:
    return folder / f"said-{rank}"


class _Group:
    """The processes, by rank."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]], folder: Path) -> None:
        self._processes = processes
        self._folder = folder

    def hand_on(self, number: int, _: FrameType | None) -> None:
        """A signal to this process is one to all of them."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(number)

    def wait(self) -> int:
        """Until all have ended, and where one failed, are made to; the exit code of all."""
        due = {signal.SIGTERM: GRACE_S, signal.SIGKILL: 2 * GRACE_S}
        failed_at = float("inf")
        while any(process.poll() is None for process in self._processes):
            time.sleep(POLL_S)
            codes = [process.poll() or 0 for process in self._processes]
            if any(code and code < ASKED_TO_STOP for code in codes):
                failed_at = min(failed_at, time.monotonic())
            for number, after in dict(due).items():
                if time.monotonic() - failed_at > after:
                    del due[number]
                    self.hand_on(number, None)
        return self._verdict([process.wait() for process in self._processes])

    def kill(self) -> None:
        """Nobody stays behind."""
        self.hand_on(signal.SIGKILL, None)
        for process in self._processes:
            process.wait()

    def _verdict(self, codes: Sequence[int]) -> int:
        """What failed, where rank 0 has not said it."""
        killed = [rank for rank, code in enumerate(codes) if code < 0]
        for rank in killed:
            name = signal.Signals(-codes[rank]).name
            sys.stderr.write(f"process {rank} of {len(codes)} was killed by {name}\n")
        causes = [rank for rank, code in enumerate(codes) if code > 0 and code != ANOTHERS]
        witnesses = [rank for rank, code in enumerate(codes) if code == ANOTHERS]
        speakers = [*causes, *witnesses][:1]
        if speakers and speakers[0] > 0:
            sys.stderr.write(_said(self._folder, speakers[0]).read_text(encoding="utf-8", errors="replace"))
        return codes[causes[0]] if causes else int(any(codes))
