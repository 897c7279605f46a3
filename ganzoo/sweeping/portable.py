"""Paths of data that mean the same in whatever folder a worker is started."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import tomli_w

from ganzoo.config.compose import Request
from ganzoo.config.files import MAX_BYTES, read_config
from ganzoo.config.overrides import Override, parse_set
from ganzoo.config.tables import Table, put
from ganzoo.config.writing import without_null
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.sweeping.vary import Axis

SOURCE_PATH = "data.source.path"
"""Where a data set is read from. No other setting that holds a path is known here; those stay as they are written."""


def portable(request: Request, catalogue: Catalogue) -> Request:
    """The request with absolute paths of data that exist; what `--set` says becomes options, below what varies.

    A path among the settings behind a name, `--data files:path=photos`, stays as it is written.
    """
    data = None if request.data is None else _data(request.data, catalogue)
    options = [
        replace(option, value=_value(option.path, option.value))
        for option in (*request.options, *map(parse_set, request.settings))
    ]
    return replace(request, data=data, options=options, settings=())


def portable_axis(axis: Axis, catalogue: Catalogue) -> Axis:
    """The same of values that vary; they go by the names they were given."""
    if not isinstance(axis.domain, dict):
        return axis
    if axis.name == "data":
        return Axis(axis.name, {stored: _data(str(value), catalogue) for stored, value in axis.domain.items()})
    return Axis(axis.name, {stored: _value(axis.name, value) for stored, value in axis.domain.items()})


def portable_file(config: Path) -> tuple[str, Literal[".toml", ".yaml"]]:
    """A configuration file's text and how it is read: as it is, or anew as TOML where its path of data is relative."""
    settings = read_config(config)
    fixed = [replace(setting, value=_value(setting.path, setting.value)) for setting in settings]
    if fixed == settings:
        text = config.read_bytes()[: MAX_BYTES + 1].decode("utf-8")
        return text, ".yaml" if config.suffix.lower() in (".yaml", ".yml") else ".toml"
    return tomli_w.dumps(without_null(_table(fixed))), ".toml"


def _table(settings: list[Override]) -> Table:
    table: Table = {}
    for setting in settings:
        put(table, setting.path, setting.value)
    return table


def _data(text: str, catalogue: Catalogue) -> str:
    """What stands behind `--data`: a path, or a data set whose argument is one."""
    name, _, argument = text.partition(":")
    if name not in catalogue.names(Kind.DATASET):
        return _absolute(text)
    if "=" in argument or catalogue.find(Kind.DATASET, name).argument != "path":
        return text
    path = _absolute(argument)
    return text if path == argument or "=" in path else f"{name}:{path}"  # behind a name, `=` makes it a setting


def _value(path: str, value: Any) -> Any:  # Any: whatever TOML can hold
    return _absolute(value) if path == SOURCE_PATH and isinstance(value, str) else value


def _absolute(path: str) -> str:
    """As it is where nothing is there: the run says so, in the user's words."""
    if not path:
        return path  # to a path, nothing is the current directory; to a user, nothing
    try:
        return str(Path(path).expanduser().resolve(strict=True))
    except (OSError, RuntimeError, ValueError):  # too long, no such user's home, a NUL
        return path
