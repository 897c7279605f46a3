"""The version of what plugins see. docs/reference/plugin-api.md says what may change when."""

from __future__ import annotations

import re
from typing import NamedTuple

VERSION = "1.0"
"""Major.minor of the contracts. Minor: something was added, and no plugin notices. Major: something was changed or
taken away."""
_WRITTEN = re.compile(r"(\d{1,4})\.(\d{1,4})")


class ContractsVersion(NamedTuple):
    """Major and minor, in their order."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def contracts_version(text: str) -> ContractsVersion | None:
    """`1.0` as numbers; None for what is no version."""
    match = _WRITTEN.fullmatch(text)
    return ContractsVersion(int(match[1]), int(match[2])) if match else None
