"""No setting that nothing reads: each field's name is an attribute that the code asks for somewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from ganzoo.config.models import RunConfig
from ganzoo.registry.catalogue import catalogue

ROOT = Path(__file__).parents[2]
CORE = ROOT / "ganzoo"
PLUGINS = ROOT / "plugins"
WHERE_THEY_ARE_SAID = CORE / "config" / "models.py"


@cache
def attributes(folder: Path) -> frozenset[str]:
    """Names after a dot, which the code below a folder reads."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        if file == WHERE_THEY_ARE_SAID or "templates" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
    return frozenset(found)


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted path and name of every leaf below a section."""
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not sections:
            yield f"{prefix}{name}", name
        for section in sections:
            yield from fields(section, f"{prefix}{name}.")


def test_every_setting_of_a_run_is_read() -> None:
    read = attributes(CORE) | attributes(PLUGINS)
    assert [path for path, name in fields(RunConfig) if name not in read] == []


OURS = [offer for plugin in catalogue().plugins for offer in plugin.offers if plugin.distribution == "pyganzoo"]


@pytest.mark.parametrize("offer", OURS, ids=lambda offer: f"{offer.kind}-{offer.spec.name}")
def test_every_setting_of_a_part_is_read(offer) -> None:
    config = getattr(offer.spec, "config", None)
    if config is None:
        pytest.skip("has no settings: a recipe, or a composition")
    package = PLUGINS / config.__module__.partition(".")[0]
    read = attributes(package) | attributes(CORE)
    assert [path for path, name in fields(config) if name not in read] == []


def test_a_setting_that_nothing_reads_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("def build(config):\n    config.written = 1\n    return config.used\n")
    assert attributes(tmp_path) == {"used"}
