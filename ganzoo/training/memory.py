"""Memory that one step frees is the memory the next step needs."""

from __future__ import annotations

import ctypes
import os
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's mallopt(3)."""
LARGEST_KEPT = 1 << 30
"""Bytes. Larger blocks come from the system and go back to it, as usual."""


def keep_freed_memory() -> bool:
    """Let this process keep the memory of freed tensors for the next ones; whether that could be arranged.

    glibc gives large blocks back to the system when they are freed. On a CPU the activations of each step then arrive
    as new pages, which the system first fills with zeros: a fifth to a quarter of a step's time at 64 px. The process
    stays about as large as its largest step, which it has to hold anyway.

    Other C libraries are left alone, and so is one whose user has set it up (`MALLOC_...` or `GLIBC_TUNABLES`).
    """
    if not sys.platform.startswith("linux") or any(
        name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ
    ):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(MMAP_THRESHOLD, LARGEST_KEPT)) and bool(mallopt(TRIM_THRESHOLD, (1 << 31) - 1))
