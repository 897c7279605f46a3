"""What the command line says about settings: `--set a.b=2e-4`, `--balance d-skip:threshold=0.8,patience=3`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from ganzoo.config.tables import has_giant, is_too_deep
from ganzoo.errors import UsageError

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Override:
    """One setting the user gave.

    Attributes:
        path: dotted.
        value: as TOML would hold it.
        origin: where it was written, `--epochs`, for messages.

    Raises:
        UsageError: nested deeper than any setting is, or a whole number beyond 64 bits.
    """

    path: str
    value: Any  # whatever TOML can hold
    origin: str

    def __post_init__(self) -> None:
        what = f"{self.path[:80]} (from {self.origin})"
        if is_too_deep(self.path, self.value):
            raise UsageError(f"{what}: nested too deep for a setting")
        if has_giant(self.value):
            raise UsageError(f"{what}: a whole number of more than 64 bits")


def parse_value(text: str) -> Any:
    """A TOML value, `0.5`, `true`, `[0, 0.99]`, `{start = 1e-3, ...}`; anything else is the text itself."""
    if _NUMBER.fullmatch(text) and not text.lstrip("+-").isdigit():
        return float(text)  # `2e-4` and `.5` are numbers to everyone but TOML
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):  # no TOML, a number too long for Python, brackets too deep
        return text
    return table["value"] if len(table) == 1 else text  # a line break ends the value, and begins another


def parse_set(text: str) -> Override:
    """`training.batch_size=128`.

    Raises:
        UsageError: there is no `=`.
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise UsageError(f"--set {text}: expected `path=value`", hint="for example --set training.batch_size=128")
    return Override(path.strip(), parse_value(value.strip()), "--set")


def parse_part(text: str, section: str, origin: str) -> list[Override]:
    """`d-skip:threshold=0.8,patience=3` -> settings below `balance.d-skip`; the name alone gives an empty table.

    Raises:
        UsageError: a setting without `=`.
    """
    name, colon, rest = text.partition(":")
    overrides = [Override(f"{section}.{name}", {}, origin)]
    for setting in at_commas(rest) if colon else ():
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(
                f"{origin} {text}: expected `name:setting=value,...`, found `{setting}`",
                hint=f"for example {origin} {name}:some_setting=0.8",
            )
        overrides.append(Override(f"{section}.{name}.{key.strip()}", parse_value(value.strip()), origin))
    return overrides


def at_commas(text: str) -> list[str]:
    """The parts of a text, cut at the commas outside brackets; empty ones are left out."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in (part.strip() for part in parts) if part]
