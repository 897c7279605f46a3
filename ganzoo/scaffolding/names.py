"""What a new part's name may be, and what else is named after it."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40
PREFIX = "ganzoo"
"""Of the distribution and the module, so that both say whose plugins they are."""


@dataclass(frozen=True, slots=True)
class PartName:
    """A part's name in the forms that a package needs.

    Attributes:
        plain: as typed, `gap-gate`.
    """

    plain: str

    @property
    def snake(self) -> str:
        """`gap_gate`."""
        return self.plain.replace("-", "_")

    @property
    def camel(self) -> str:
        """`GapGate`."""
        return "".join(word.capitalize() for word in self.plain.split("-"))

    @property
    def module(self) -> str:
        """`ganzoo_gap_gate`."""
        return f"{PREFIX}_{self.snake}"

    @property
    def distribution(self) -> str:
        """`ganzoo-gap-gate`."""
        return f"{PREFIX}-{self.plain}"


def part_name(text: str) -> PartName:
    """The name, if it can be one.

    Raises:
        UsageError: it cannot be typed on the command line, or be a module and a class; the hint is the nearest that
            can.
    """
    if len(text) > LONGEST:
        raise UsageError(f"`{text[:LONGEST]}...` is too long a name: {len(text)} characters, at most {LONGEST}")
    if not NAME.fullmatch(text):
        near = nearest_name(text)
        raise UsageError(
            f"`{text}` cannot be the name of a part: small letters, digits and single hyphens, a letter first",
            hint=f"the nearest is `{near}`" if near else "gap-gate, say",
        )
    name = PartName(text)
    if keyword.iskeyword(name.camel) or name.camel in dir(builtins):
        raise UsageError(f"`{text}` cannot be a name: `{name.camel}` is a word of Python's", hint=f"my-{text}, say")
    return name


def nearest_name(text: str) -> str:
    """`My Gate 2` -> `my-gate-2`; "" where nothing is left."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()
    return re.sub(r"[^a-z0-9]+", "-", words).lstrip("0123456789-").rstrip("-")


def require_free(name: PartName, kinds: Iterable[Kind], catalogue: Catalogue) -> None:
    """Nothing, where no part and no module of that name is installed.

    Raises:
        UsageError: one is.
    """
    for kind in kinds:
        taken = next((offer for offer in catalogue.offers(kind) if offer.spec.name == name.plain), None)
        if taken is not None:
            raise UsageError(
                f"the {kind.words} `{name.plain}` exists already, in {taken.distribution}",
                hint=f"another name: my-{name.plain}, say",
            )
    if find_spec(name.module) is not None:
        raise UsageError(
            f"the module `{name.module}` exists already: it would be hidden, or hide yours",
            hint=f"another name: my-{name.plain}, say",
        )
