"""Ctrl-C once: finish the step, save, say how to go on. Twice: leave now."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Stop:
    """Whether, and by which signal, the run was asked to stop."""

    signal: int = 0

    @property
    def requested(self) -> bool:
        """Whether one came; the first is answered between two steps, the next at once."""
        return self.signal != 0


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Listen for SIGINT and SIGTERM; outside the main thread nothing can, and Ctrl-C stays the caller's."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def request(number: int, _: FrameType | None) -> None:
        if stop.requested and number == signal.SIGINT:
            raise KeyboardInterrupt
        if stop.requested:
            raise SystemExit(128 + number)
        stop.signal = number

    before = {number: signal.signal(number, request) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
