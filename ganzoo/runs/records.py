"""JSON and text from files that may be damaged, or a stranger's: read in bounded memory, in numbers Python can use."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import Any

from ganzoo.config.tables import is_too_deep

LARGEST_BYTES = 64_000_000
"""Of one file that is read whole, or of one line of a log: far more than ganzoo ever writes."""
LARGEST_WHOLE = 2**63
"""A whole number from here on is no count of anything; what computes with it may not hold it."""


def open_regular(path: Path) -> BufferedReader:
    """A file, for reading bytes; a pipe is not waited for, a device not opened to be read.

    Raises:
        OSError: it is not there, or may not be read.
        ValueError: it is no regular file.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ValueError(f"{path.name} is not a regular file")
    return os.fdopen(handle, "rb")


def read_text(path: Path) -> str:
    """A regular file's text.

    Raises:
        OSError: it is not there, or may not be read.
        ValueError: it is no regular file, too large, or not in UTF-8.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > LARGEST_BYTES:
            raise ValueError(f"{path.name} has over {LARGEST_BYTES:,} bytes")
        return file.read(size).decode("utf-8")


def parse_json(text: str | bytes) -> Any:  # Any: JSON
    """The value. What is no finite number, and what is beyond 64 bits, is null.

    Raises:
        ValueError: it is no JSON, or nested too deep.
    """
    return _not_too_deep(lambda: json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=lambda _: None))


def parse_exact_json(text: str | bytes) -> Any:  # Any: JSON
    """The value as Python wrote it: infinity, NaN and whole numbers of any size are what they were.

    Raises:
        ValueError: it is no JSON, or nested too deep.
    """
    return _not_too_deep(lambda: json.loads(text))


def _not_too_deep(parse: Callable[[], Any]) -> Any:  # Any: JSON
    """Whatever walks through a value from a file may need more of Python's stack than there is."""
    try:
        value = parse()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if is_too_deep("", value):
        raise ValueError("nested too deep")
    return value


def _whole(digits: str) -> int | None:
    number = int(digits) if len(digits) <= 20 else LARGEST_WHOLE
    return number if abs(number) < LARGEST_WHOLE else None


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None
