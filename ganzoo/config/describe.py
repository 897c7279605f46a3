"""What a part's settings are, in words, read off its config class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel

from ganzoo.config.models import RunConfig
from ganzoo.config.validation import CHOICES, NAMED
from ganzoo.contracts.record import NONE
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.specs import ConfiguredSpec


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as `ganzoo show` prints it."""

    name: str
    type: str
    default: str
    range: str
    meaning: str

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return asdict(self)


def settings_of(model: type[BaseModel]) -> list[Setting]:
    """The settings of a config class, in the order they were declared."""
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        Setting(
            name=name,
            type=_type(field),
            default="(needed)" if name in required else _value(field.get("default")),
            range=_range(field),
            meaning=" ".join(str(field.get("description", "")).split()),
        )
        for name, field in schema.get("properties", {}).items()
    ]


def schema(catalogue: Catalogue) -> dict[str, Any]:
    """The JSON schema of a configuration file, with the settings of every installed part."""
    root = RunConfig.model_json_schema()
    definitions = root["$defs"]
    for section, (kind, _) in CHOICES.items():
        branches = []
        for offer in catalogue.offers(kind):
            assert isinstance(offer.spec, ConfiguredSpec)  # kinds that are chosen have settings
            branch = _part(offer.spec, definitions)
            branch["properties"] = {"kind": {"const": offer.spec.name}, **branch.get("properties", {})}
            branches.append(branch)
        # A file may leave `kind` to the recipe: what fits any part of the kind is right.
        _set(root, section, {"anyOf": branches, "description": f"a {kind.words}"})
    for section, kind in NAMED.items():
        parts = {}
        for offer in catalogue.offers(kind):
            assert isinstance(offer.spec, ConfiguredSpec)  # as above
            parts[offer.spec.name] = _part(offer.spec, definitions)
        _set(root, section, {"type": "object", "properties": parts, "additionalProperties": False})
    root["required"] = ["recipe"]  # what a recipe fills in need not be written
    for definition in definitions.values():
        definition.pop("required", None)
    _allow_none_by_name(root)
    return root


def _allow_none_by_name(schema: object) -> None:
    """Where a setting may be off, a file says `"none"`: TOML has no null."""
    if isinstance(schema, dict):
        if {"type": "null"} in schema.get("anyOf", ()):
            schema["anyOf"].append({"const": NONE})
        for value in schema.values():
            _allow_none_by_name(value)
    elif isinstance(schema, list):
        for value in schema:
            _allow_none_by_name(value)


def _part(spec: ConfiguredSpec[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    part = spec.config.model_json_schema()
    definitions.update(part.pop("$defs", {}))
    return {**part, "title": spec.name, "description": spec.summary}


def _set(root: dict[str, Any], section: str, value: dict[str, Any]) -> None:
    *parents, last = section.split(".")
    properties = root["properties"]
    for parent in parents:
        definition = properties[parent]["$ref"].rsplit("/", 1)[1]
        properties = root["$defs"][definition]["properties"]
    properties[last] = value


def _branches(field: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    branches: list[Mapping[str, Any]] = field.get("anyOf", [field])
    return branches


def _type(field: Mapping[str, Any]) -> str:
    words = []
    for branch in _branches(field):
        if "enum" in branch:
            words.append(" | ".join(map(str, branch["enum"])))
        elif "const" in branch:
            words.append(str(branch["const"]))
        elif "$ref" in branch:
            words.append(branch["$ref"].rsplit("/", 1)[1].lower())
        elif branch.get("type") == "null":
            words.append(NONE)
        else:
            words.append(str(branch.get("type", "any")))
    return " | ".join(words)


def _range(field: Mapping[str, Any]) -> str:
    words = []
    for branch in _branches(field):
        for key, sign in (
            ("minimum", ">="),
            ("exclusiveMinimum", ">"),
            ("maximum", "<="),
            ("exclusiveMaximum", "<"),
        ):
            if key in branch:
                words.append(f"{sign} {_value(branch[key])}")
    return ", ".join(words)


def _value(value: object) -> str:
    if value is None:
        return NONE
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)
