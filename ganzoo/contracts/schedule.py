"""A number that may change with the images seen: learning rates, penalty weights, betas."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from ganzoo.contracts.record import Record


class Schedule(Record):
    """A value that moves from `start` to `end` while training sees images, and stays there.

    Absolute images, not a share of the run: a longer `--epochs` on resume changes nothing that already happened.
    """

    start: float
    """Value up to `from_kimg`."""
    end: float
    """Value from `until_kimg` on."""
    shape: Literal["linear", "cosine"] = "cosine"
    """How it moves in between: a straight line, or half a cosine wave."""
    from_kimg: float = Field(default=0.0, ge=0)
    """Thousand real images seen when the move begins."""
    until_kimg: float = Field(gt=0)
    """Thousand real images seen when it is over."""

    @model_validator(mode="after")
    def _moves_forward(self) -> Schedule:
        if self.until_kimg <= self.from_kimg:
            raise ValueError(f"until_kimg ({self.until_kimg:g}) must lie after from_kimg ({self.from_kimg:g})")
        return self

    def at(self, kimg: float) -> float:
        """The value after `kimg` thousand real images."""
        share = (kimg - self.from_kimg) / (self.until_kimg - self.from_kimg)
        share = min(1.0, max(0.0, share))
        if self.shape == "cosine":
            share = (1.0 - math.cos(math.pi * share)) / 2.0
        return self.start + (self.end - self.start) * share


Scheduled = float | Schedule
"""A constant, or a `Schedule` over the images seen."""


def _not_below_zero(schedule: Schedule) -> Schedule:
    if schedule.start < 0 or schedule.end < 0:
        raise ValueError(f"0 or more throughout, not from start ({schedule.start:g}) to end ({schedule.end:g})")
    return schedule


NotNegative = Annotated[float, Field(ge=0)] | Annotated[Schedule, AfterValidator(_not_below_zero)]
"""A rate or a weight: a number of 0 or more, or a `Schedule` from and to such a number."""


def scheduled_value(value: Scheduled, kimg: float) -> float:
    """What a scheduled value is after `kimg` thousand real images."""
    return value.at(kimg) if isinstance(value, Schedule) else value
