"""The same function over many items, on all cores, in order, with little held at a time."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import TypeVar

from ganzoo.errors import GanzooError

T = TypeVar("T")
Within = Callable[[], AbstractContextManager[object]]
Submit = Callable[[range], Future[list[T]]]

WORTH_PROCESSES = 10_000
"""Items from which on it pays to start processes, which takes about a second."""
IDLE_S = 10
"""After as long without work, and loky's own half a minute, a process ends: whoever started it may have been killed."""


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux; a container or a job may hold fewer than the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    function: Callable[[int], T],
    count: int,
    *,
    chunk: int = 32,
    within: Within = nullcontext,
    processes: bool = False,
) -> Generator[T, None, None]:
    """`function(0)`, `function(1)` ... `function(count - 1)`, computed ahead on all cores.

    Args:
        chunk: items a worker takes at a time. At most `cores() + 2` chunks of results wait to be taken.
        within: entered for as long as the function is called.
        processes: the function may be called in other processes, copied there with all it refers to. Done where there
            are many items: threads that mostly run Python wait for one another, and are slower than one alone.

    Raises:
        GanzooError: a process ended before its work did.
        Whatever `function` raises, when its turn comes.
    """
    workers = min(cores(), 32)
    many = processes and workers > 1 and count >= WORTH_PROCESSES
    waiting: deque[Future[list[T]]] = deque()
    with _processes(workers, function, within) if many else _threads(workers, function, within) as submit:
        try:
            for start in range(0, count, chunk):
                waiting.append(submit(range(start, min(start + chunk, count))))
                if len(waiting) > workers + 2:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for chunk_of_results in waiting:
                chunk_of_results.cancel()


@contextmanager
def _threads(workers: int, function: Callable[[int], T], within: Within) -> Iterator[Submit[T]]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ganzoo-data")
    try:
        with within():
            yield lambda items: pool.submit(_each, function, items)
    finally:
        pool.shutdown(wait=False)


@contextmanager
def _processes(workers: int, function: Callable[[int], T], within: Within) -> Iterator[Submit[T]]:
    # The standard library's processes would each run a script without `if __name__ == "__main__"` again.
    from loky import ProcessPoolExecutor  # here, as few runs need it and every run would wait for its import

    pool = ProcessPoolExecutor(workers, timeout=IDLE_S, initializer=_begin, initargs=(function, within))
    try:
        with _deaf():
            pool.submit(_nothing)  # starts the processes
        yield lambda items: pool.submit(_each_there, items)
    except BrokenProcessPool as error:
        raise GanzooError(
            "a process that was reading images ended before its work did: perhaps the memory was full",
            hint="nothing is lost; try again, with less running beside it",
        ) from error
    finally:
        pool.shutdown()


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started meanwhile does not hear Ctrl-C, which reaches all: the process that asked ends the others."""
    chooses = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    if not chooses or before is None:  # None: set by another language, and could not be set again
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _each(function: Callable[[int], T], items: range) -> list[T]:
    return [function(item) for item in items]


# In a process

_there: list[Callable[[int], object]] = []
"""The function, sent once and not with every chunk."""
_held = ExitStack()


def _begin(function: Callable[[int], object], within: Within) -> None:
    _held.enter_context(within())
    _there.append(function)
    gc.freeze()  # loky looks for garbage every second


def _nothing() -> None:
    """Done by a process that is there."""


def _each_there(items: range) -> list[object]:
    return _each(_there[0], items)
