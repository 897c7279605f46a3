"""What can be wrong with a run, and how a lever says that it helps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ailment(StrEnum):
    """A verdict other than healthy."""

    DISCRIMINATOR_OVERPOWERS = "discriminator overpowers"
    GENERATOR_OVERPOWERS = "generator overpowers"
    MODE_COLLAPSE = "mode collapse"
    MEMORISING = "memorising"
    DIVERGING = "diverging"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A lever's claim that it helps against an ailment.

    Attributes:
        rank: 1 is tried first; by evidence, not by hope.
        why: one clause, shown behind the flag.
        settings: behind the name, `ratio=0.5`; "": as it comes.
    """

    rank: int
    why: str
    settings: str = ""
