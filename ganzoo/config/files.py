"""Configuration files: TOML first, YAML read too; every setting remembers its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ganzoo.config.overrides import Override, parse_value
from ganzoo.config.tables import DEEPEST, flatten
from ganzoo.errors import UsageError

MAX_BYTES = 1_000_000
_HEADER = re.compile(r"^\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"'/-]+)\s*=")


def read_config(path: Path) -> list[Override]:
    """The file's settings, each with `file:line` as its origin.

    Raises:
        UsageError: no such file, or it cannot be read as TOML or YAML; the message names the line.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} has over {MAX_BYTES:,} bytes: hardly a configuration")
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # no UTF-8 in it, a NUL in its name
        reason = "no such file" if isinstance(error, FileNotFoundError) else getattr(error, "strerror", None) or error
        raise UsageError(f"cannot read the configuration {path}: {reason}") from error
    if path.suffix.lower() in (".yaml", ".yml"):
        return list(_yaml_overrides(text, path))
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no TOML, a number too long for Python, brackets too deep
        raise UsageError(f"{path} is not valid TOML: {error}") from error
    lines = _toml_lines(text)
    return [Override(name, value, _at(path, lines.get(name))) for name, value in flatten(table)]


def _at(path: Path, line: int | None) -> str:
    return f"{path}:{line}" if line else str(path)


def _toml_lines(text: str) -> dict[str, int]:
    """Line of each key, by dotted path, as far as a plain reading tells."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _plain(header[1])
            lines[table] = number
        elif key := _KEY.match(line):
            lines[f"{table}.{_plain(key[1])}" if table else _plain(key[1])] = number
    return lines


def _plain(name: str) -> str:
    return name.strip().replace('"', "").replace("'", "")


def _yaml_overrides(text: str, path: Path) -> Iterator[Override]:
    try:
        alias = _alias(text, path)
        root = None if alias else yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if alias:
        raise UsageError(f"{_at(path, _line(alias))}: `*{alias.anchor}` repeats another place", hint="write it out")
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{path}: expected a table of settings at the top")
    yield from _yaml_leaves(root, "", path)


def _line(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark else None


def _alias(text: str, path: Path) -> yaml.AliasEvent | None:
    """The first alias, which can make a short file endless. PyYAML's time grows with the square of the depth.

    Raises:
        UsageError: nested too deep.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise UsageError(f"{_at(path, _line(event))}: nested too deep for a setting")
        if isinstance(event, yaml.AliasEvent):
            return event
    return None


def _yaml_leaves(node: yaml.MappingNode, prefix: str, path: Path) -> Iterator[Override]:
    for key, value in node.value:
        at = _at(path, key.start_mark.line + 1)
        if not isinstance(key, yaml.ScalarNode):
            raise UsageError(f"{at}: the name of a setting is a word, not a list or a table")
        name = f"{prefix}{key.value}"
        if isinstance(value, yaml.MappingNode) and value.value:
            yield from _yaml_leaves(value, f"{name}.", path)
            continue
        try:
            yield Override(name, _yaml_value(value), at)
        except (yaml.YAMLError, ValueError) as error:  # a tag that is no plain value, a date that does not exist
            raise UsageError(f"{at}: `{name}` cannot be read: {' '.join(str(error).split())}") from error


def _yaml_value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_yaml_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _yaml_value(value) for key, value in node.value}
    # YAML 1.1 reads 2e-4 as a word; we read it as the number it is. What is quoted stays text.
    plain = getattr(node, "style", None) is None
    value = yaml.safe_load(yaml.serialize(node)) if plain else node.value
    return parse_value(value) if plain and isinstance(value, str) else value
