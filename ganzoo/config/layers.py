"""Tables filled layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ganzoo.config.overrides import Override
from ganzoo.config.tables import Table, flatten, look, put
from ganzoo.config.validation import CHOICES
from ganzoo.contracts.record import NONE
from ganzoo.errors import UsageError

EITHER_OR = (("training.epochs", "training.steps"),)
"""Settings of which one replaces the other."""


@dataclass
class Layers:
    """Tables filled layer by layer; each setting remembers where it was written last."""

    table: Table = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def add(self, layer: Iterable[Override]) -> None:
        """Put one layer's settings over what is there.

        Raises:
            UsageError: the layer gives two settings of which one replaces the other.
        """
        settings = [
            Override(path, value, override.origin)
            for override in layer
            for path, value in flatten({override.path: override.value})
        ]
        _check_either_or(settings)
        # A part is chosen before its settings are filled in, in whatever order the user wrote them.
        for setting in sorted(settings, key=lambda setting: not chooses(setting.path)):
            self._replace_rivals(setting.path, setting.value)
            around = setting.path.rpartition(".")[0]
            if not isinstance(look(self.table, around), dict):  # a number becomes a table, a schedule say
                self.origins.pop(around, None)
            put(self.table, setting.path, setting.value)
            if setting.value != {}:  # what lay below is gone, and where it came from with it
                below = f"{setting.path}."
                self.origins = {path: was for path, was in self.origins.items() if not path.startswith(below)}
            self.origins[setting.path] = setting.origin

    def keep_only(self, section: str, names: Sequence[str]) -> None:
        """Leave in `section` the parts that are named, in that order; a new one has no settings yet."""
        table = look(self.table, section)
        if isinstance(table, dict):
            put(self.table, section, None)
            put(self.table, section, {name: table.get(name, {}) for name in names})

    def origin(self, path: str) -> str:
        """Where a setting was written, or the nearest setting around or below it."""
        while path:
            if path in self.origins:
                return self.origins[path]
            below = [origin for name, origin in self.origins.items() if name.startswith(f"{path}.")]
            if below:
                return below[-1]
            path = path.rpartition(".")[0]
        return ""

    def _replace_rivals(self, path: str, value: Any) -> None:
        for pair in EITHER_OR:
            if path in pair and value not in (None, NONE):
                put(self.table, pair[1 - pair.index(path)], None)
        section = path.rpartition(".")[0]
        if chooses(path) and look(self.table, path) not in (None, value):
            put(self.table, section, None)  # another part has other settings


def chooses(path: str) -> bool:
    """Whether a setting names a part: `generator.kind`."""
    section, _, last = path.rpartition(".")
    return last == "kind" and section in CHOICES


def _check_either_or(settings: Sequence[Override]) -> None:
    for pair in EITHER_OR:
        given = {s.path: s.origin for s in settings if s.path in pair and s.value not in (None, NONE)}
        if len(given) > 1:
            ways = " and ".join(f"{path} (from {origin})" for path, origin in given.items())
            raise UsageError(f"{ways}: one replaces the other", hint="give one of them")
