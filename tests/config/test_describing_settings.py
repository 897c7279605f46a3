"""What a part's settings are, and the schema of a whole configuration."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.config.describe import schema, settings_of
from ganzoo.config.writing import to_toml
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import ConfiguredSpec

Schema = dict[str, Any]  # JSON


def mismatches(value: object, against: Schema, root: Schema, path: str = "") -> list[str]:
    """Where a value does not fit a JSON schema, as far as a configuration's schema goes."""
    if "$ref" in against:
        return mismatches(value, {**root["$defs"][against["$ref"].rsplit("/", 1)[1]]}, root, path)
    for key in ("oneOf", "anyOf"):
        if key in against:
            tried = [mismatches(value, branch, root, path) for branch in against[key]]
            fitting = tried.count([])
            good = fitting == 1 if key == "oneOf" else fitting >= 1
            return [] if good else [f"{path}: fits {fitting} of {key}: {tried}"]
    if "const" in against or "enum" in against:
        allowed = against.get("enum") or [against["const"]]
        return [] if value in allowed else [f"{path}: {value!r} is not in {allowed}"]
    kinds: dict[str, type | tuple[type, ...]] = {
        "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
        "boolean": bool, "null": type(None),
    }  # fmt: skip
    kind = against.get("type")
    if kind and not isinstance(value, kinds[kind]):
        return [f"{path}: {value!r} is no {kind}"]
    if not isinstance(value, dict):
        return []
    properties, rest = against.get("properties", {}), against.get("additionalProperties", True)
    found = [f"{path}: {name} is missing" for name in against.get("required", []) if name not in value]
    for name, item in value.items():
        if name in properties:
            found += mismatches(item, properties[name], root, f"{path}.{name}")
        elif rest is False:
            found.append(f"{path}.{name}: unknown")
    return found


@pytest.mark.parametrize("preset", [None, "paper", "try"])
def test_the_schema_takes_a_resolved_configuration(installed: Catalogue, preset):
    config = compose(
        Request(
            recipe="dcgan", preset=preset, balance=("d-skip", "lr-skew:ratio=0.5"),
            settings=("optimizers.generator.learning_rate={start=1e-3, end=0, until_kimg=9}",),
        ),
        installed,
    )  # fmt: skip
    root = schema(installed)
    assert mismatches(config.model_dump(mode="json"), root, root) == []


def test_the_schema_takes_the_file_that_is_written(installed: Catalogue):
    config = compose(Request(recipe="dcgan", balance=("d-skip:at_most=none",)), installed)
    root = schema(installed)
    assert mismatches(tomllib.loads(to_toml(config)), root, root) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [("training.sed", 1), ("balance.d-skip.treshold", 1), ("loss.kind", "hing"), ("training.precision", "fp8")],
)
def test_the_schema_refuses_what_ganzoo_refuses(installed: Catalogue, setting, value):
    from ganzoo.config.tables import put

    table = compose(Request(recipe="dcgan", balance=("d-skip",)), installed).model_dump(mode="json")
    put(table, setting, value)
    root = schema(installed)
    assert mismatches(table, root, root) != []


def test_the_schema_needs_no_more_than_a_recipe(installed: Catalogue):
    root = schema(installed)
    assert mismatches({"recipe": "dcgan"}, root, root) == []
    assert mismatches({"recipe": "dcgan", "generator": {"width": 8}}, root, root) == []
    assert mismatches({}, root, root) != []


def test_every_setting_of_every_part_has_a_meaning(installed: Catalogue):
    for offer in installed.offers():
        if isinstance(offer.spec, ConfiguredSpec):
            for setting in settings_of(offer.spec.config):
                assert setting.meaning, f"{offer.kind} {offer.spec.name}: {setting.name}"


def test_a_setting_is_described_with_type_default_and_range(installed: Catalogue):
    settings = {s.name: s for s in settings_of(installed.find(Kind.BALANCE, "d-skip").config)}
    assert (settings["threshold"].type, settings["threshold"].default) == ("number", "0.8")
    assert settings["threshold"].range == "> 0"
    assert settings["measure"].type.startswith("accuracy | loss")
    assert settings["at_most"].type == "integer | none"
