"""`--vary generator.latent_dim=64,128,256`: a name, and the values or the range it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ganzoo.config.overrides import at_commas, parse_value
from ganzoo.config.validation import NAMED
from ganzoo.errors import UsageError

OPTION = "--vary"
WHOLE = ("balance", "data", "preset", "recipe")
"""What is no setting, and varies all the same: it decides which settings there are."""
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})(?:\s+(\w+))?")

Plain = str | int | float | bool
"""A value as a study stores it."""


@dataclass(frozen=True, slots=True)
class Range:
    """Every number from `low` to `high`.

    Attributes:
        low: the smallest.
        high: the largest; > low.
        log: drawn evenly in the logarithm.
        whole: whole numbers only: both ends were written as such.
    """

    low: float
    high: float
    log: bool
    whole: bool

    @property
    def ends(self) -> tuple[float, float]:
        """Both, of the type that is drawn."""
        return (int(self.low), int(self.high)) if self.whole else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that varies.

    Attributes:
        name: a setting's dotted path, or one of `WHOLE`.
        domain: the values, by the name each is stored and shown under; or a range.
    """

    name: str
    domain: Mapping[Plain, Any] | Range  # Any: whatever TOML can hold

    @property
    def samples(self) -> list[Plain]:
        """Every value, or both ends of the range: enough to check."""
        return list(self.domain.ends) if isinstance(self.domain, Range) else list(self.domain)

    def value(self, stored: Plain) -> Any:  # Any: whatever TOML can hold
        """The setting's value of a stored one."""
        return stored if isinstance(self.domain, Range) else self.domain[stored]


def parse_vary(text: str, options: Mapping[str, str]) -> Axis:
    """`NAME=VALUE,VALUE` or `NAME=LOW..HIGH [log]`.

    Args:
        text: behind `--vary`.
        options: settings that have a short name, and their paths: `image-size` is `data.image_size`.

    Raises:
        UsageError: no name, no values, one twice, or a range that is none.
    """
    name, equals, rest = text.partition("=")
    if not equals or not name.strip() or not rest.strip():
        raise UsageError(
            f"{OPTION} {text}: expected `NAME=VALUE,VALUE` or `NAME=LOW..HIGH`",
            hint=f"for example {OPTION} generator.latent_dim=64,128 or {OPTION} training.ema_beta=0.9..0.999",
        )
    return axis(name.strip(), rest.strip(), options)


def axis(name: str, given: str | Sequence[Any], options: Mapping[str, str]) -> Axis:  # Any: whatever TOML can hold
    """An axis from its text or its values; as for `parse_vary`."""
    path = options.get(name.replace("-", "_"), name)
    if path == "training.seed":
        raise UsageError(f"{OPTION} {name}: seeds are repeats of one setting", hint="--seeds 3")
    if path in NAMED and path not in WHOLE:
        raise UsageError(f"{OPTION} {name}: a table of parts cannot vary as a whole; its settings can")
    if isinstance(given, str):
        if found := _RANGE.fullmatch(given):
            return Axis(path, _range(name, given, *found.groups()))
        texts = at_commas(given)
        values: list[Any] = [text if path in WHOLE else parse_value(text) for text in texts]
    else:
        values = list(given)
        texts = [str(value) for value in values]
    if not values:
        raise UsageError(f"{OPTION} {name}: which values?")
    domain: dict[Plain, Any] = {}
    for text, value in zip(texts, values, strict=True):
        stored = value if isinstance(value, Plain) else text
        if stored in domain:
            raise UsageError(f"{OPTION} {name}: `{text}` is there twice")
        domain[stored] = value
    return Axis(path, domain)


def _range(name: str, text: str, low: str, high: str, scale: str | None) -> Range:
    if scale not in (None, "log"):
        raise UsageError(f"{OPTION} {name}={text}: behind a range stands `log` or nothing, not `{scale}`")
    whole = all(end.lstrip("+-").isdigit() for end in (low, high))
    found = Range(float(low), float(high), log=scale == "log", whole=whole)
    if not math.isfinite(found.high - found.low) or found.low >= found.high:
        raise UsageError(f"{OPTION} {name}={text}: a range goes from a lower to a higher number")
    if found.log and found.low <= 0:
        raise UsageError(f"{OPTION} {name}={text}: a logarithm needs numbers above 0")
    return found
