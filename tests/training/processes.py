"""Runs a function in several forked processes that form a group, and gives what each answered."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ganzoo.training.distributed import joined
from ganzoo.training.launching import MEETING
from ganzoo.training.ranks import Ranks

LONGEST_S = 60.0
"""Far longer than any takes."""


def in_processes(count: int, folder: Path, call: Callable[[Ranks], Any]) -> list[Any]:
    """What `call(ranks)` answered in each of `count` processes, pickled; a failure there fails here."""
    codes = ended(count, folder, call)
    assert codes == [0] * count, [failure(folder, rank) for rank in range(count)]
    return [pickle.loads((folder / f"answer-{rank}").read_bytes()) for rank in range(count)]


def ended(count: int, folder: Path, call: Callable[[Ranks], Any]) -> list[int]:
    """How each process ended: 0, 1 where it failed, less than 0 where it was killed: here, where it does not end."""
    folder.mkdir(parents=True)
    children = [_forked(rank, count, folder, call) for rank in range(count)]
    deadline, codes = time.monotonic() + LONGEST_S, {}
    while len(codes) < count:
        for child in [child for child in children if child not in codes]:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGABRT)  # faulthandler says where it hangs
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                codes[child] = os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    return [codes[child] for child in children]


def failure(folder: Path, rank: int) -> str:
    """Its traceback, or ""."""
    path = folder / f"failed-{rank}"
    return path.read_text() if path.exists() else ""


def _forked(rank: int, count: int, folder: Path, call: Callable[[Ranks], Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        torch.set_num_threads(1)
        os.environ.update(
            RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(count), **{MEETING: str(folder / "meeting")}
        )
        with joined() as ranks:
            answer = call(ranks)
        (folder / f"answer-{rank}").write_bytes(pickle.dumps(answer))
        code = 0
    except BaseException:  # noqa: BLE001 - told, and its status is not 0
        (folder / f"failed-{rank}").write_text(traceback.format_exc())
    finally:
        sys.stderr.flush()
        os._exit(code)  # no cleaning up that is the parent's
    pytest.fail("unreachable")
