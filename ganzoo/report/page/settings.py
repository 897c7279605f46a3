"""A run's settings, with those marked that are not the recipe's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from ganzoo.config.compose import Request, compose
from ganzoo.config.tables import flatten
from ganzoo.config.validation import NAMED
from ganzoo.config.writing import to_toml
from ganzoo.errors import GanzooError
from ganzoo.registry.catalogue import Catalogue


class Setting(NamedTuple):
    """One row: its path, its value, what the recipe says where that differs, and whether it does."""

    path: str
    value: str
    default: str
    changed: bool


def settings_of(config: Mapping[str, Any], catalogue: Catalogue) -> tuple[list[Setting], str]:
    """Rows by path, and a note: "" or why none is marked.

    Args:
        config: config.toml as plain nested values.
        catalogue: where the recipe is found.
    """
    if not config:
        return [], ""
    own = {path: value for path, value in flatten(config) if value != {}}
    try:
        composed = compose(Request(recipe=str(config.get("recipe"))), catalogue)
    except GanzooError as error:
        note = f"What differs from the recipe is not marked: {error.message}."
        return [Setting(path, shown(value), "", changed=False) for path, value in own.items()], note
    # Written and read again, so that the two are told apart by nothing but their values.
    usual = dict(flatten(tomllib.loads(to_toml(composed))))
    rows = []
    for path, value in own.items():
        changed = usual.get(path) != value
        rows.append(Setting(path, shown(value), shown(usual.get(path, "not set")) if changed else "", changed))
    gone = [path for path, value in usual.items() if path not in own and value != {}]
    rows += [Setting(path, "not set", shown(usual[path]), changed=True) for path in gone]
    rows += [Setting(path, "on", "", changed=path not in usual) for path in _bare_parts(config)]
    return rows, ""


def shown(value: object) -> str:
    """As TOML writes it, nearly: `true`, `[0.0, 0.99]`, text without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    return str(value)


def _bare_parts(config: Mapping[str, Any]) -> list[str]:
    """Parts without settings, which are there all the same: `balance.spectral-norm`."""
    return [path for path, value in flatten(config) if value == {} and path.rpartition(".")[0] in NAMED]
