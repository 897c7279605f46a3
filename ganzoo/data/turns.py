"""Large things one at a time, so that memory stays bounded however many threads decode."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LARGE_BYTES = 2**26
"""64 MB: an RGB image of 16 million pixels as Pillow holds it."""

_TURN = threading.RLock()
"""Of the process: what one thread has already waited for, its decoding need not wait for again."""


@contextmanager
def in_turn(size: int) -> Iterator[None]:
    """Wait until no other thread holds something large, where this is large.

    Args:
        size: bytes it takes in memory.
    """
    if size < LARGE_BYTES:
        yield
        return
    with _TURN:
        yield
