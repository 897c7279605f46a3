"""Large things a few at a time, so that memory stays bounded however many threads decode."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets threads hold `budget` bytes together; what is larger by itself is held alone.

    Args:
        budget: bytes.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._held = 0
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, size: int) -> Iterator[None]:
        """Wait until `size` bytes fit, and hold them."""
        with self._changed:
            self._changed.wait_for(lambda: self._held == 0 or self._held + size <= self.budget)
            self._held += size
        try:
            yield
        finally:
            with self._changed:
                self._held -= size
                self._changed.notify_all()


# A thread takes its turn with a file first, then with its pixels, and never the other way round: no two wait for each
# other. With what conversions need on the way, a gigabyte covers both.
FILES = Turns(2**28)
"""Of files read whole."""
PIXELS = Turns(2**28)
"""Of decoded images as Pillow holds them."""
