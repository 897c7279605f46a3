"""The same function over many items, on all cores, in order, with little held at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux; a container or a job may hold fewer than the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(function: Callable[[int], T], count: int, *, chunk: int = 32) -> Iterator[T]:
    """`function(0)`, `function(1)` ... `function(count - 1)`, computed ahead by threads.

    Args:
        chunk: items a thread takes at a time. At most `cores() + 2` chunks of results wait to be taken.

    Raises:
        Whatever `function` raises, when its turn comes.
    """
    workers = min(cores(), 32)
    with ThreadPoolExecutor(workers, thread_name_prefix="ganzoo-data") as pool:
        waiting: deque[Future[list[T]]] = deque()
        try:
            for start in range(0, count, chunk):
                waiting.append(pool.submit(_some, function, range(start, min(start + chunk, count))))
                if len(waiting) > workers + 2:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _some(function: Callable[[int], T], items: range) -> list[T]:
    return [function(item) for item in items]
