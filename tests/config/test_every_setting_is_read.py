"""No setting that nothing reads: somewhere the code asks for each field, and asks its own section or part for it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from ganzoo.config.models import RunConfig, Section
from ganzoo.registry.catalogue import catalogue

ROOT = Path(__file__).parents[2]
CORE = ROOT / "ganzoo"
PLUGINS = ROOT / "plugins"
WHERE_THEY_ARE_SAID = CORE / "config" / "models.py"
SETTINGS = {"config", "settings"}
"""What a part calls its settings, `self.config.gamma` or `config.gamma`."""


def reads(files: Iterable[Path], holders: Mapping[str, str] | None = None) -> set[tuple[str, str]]:
    """(whose, which) of each attribute that is read: `session.effective.training.seed` is ("training", "seed").

    Args:
        files: the code.
        holders: class of a section -> its name. A variable that is annotated with the class is that section, and so is
            one to which the section was assigned: after `keep = config.checkpoints`, `keep.keep_last`.
    """
    found = set()
    for file in files:
        if file == WHERE_THEY_ARE_SAID or "templates" in file.parts:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef))]:
            aliases = dict(_aliases(scope, holders or {}))
            for node in ast.walk(scope):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    whose = _last_name(node.value)
                    found |= {(whose, node.attr), (aliases.get(whose, whose), node.attr)}
    return found


def _aliases(scope: ast.AST, holders: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Name -> the section that it stands for, of arguments and assignments."""
    names = set(holders.values())
    for node in ast.walk(scope):
        match node:
            case ast.arg(arg=name, annotation=ast.Name(id=kind)) if kind in holders:
                yield name, holders[kind]
            case ast.Assign(targets=[target], value=value):
                one = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                pairs = zip(target.elts, value.elts, strict=True) if one else [(target, value)]
                yield from ((_last_name(to), _last_name(what)) for to, what in pairs if _last_name(what) in names)


def _last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.removeprefix("_")
    return ""


def fields(model: type[BaseModel], section: str = "", path: str = "") -> Iterator[tuple[str, str, str]]:
    """Dotted path, section and name of every leaf; a part's settings and a schedule are leaves of the run's."""
    for name, field in model.model_fields.items():
        inner = list(_sections(field.annotation))
        if not inner:
            yield f"{path}{name}", section, name
        for kind in inner:
            yield from fields(kind, name, f"{path}{name}.")


def _sections(annotation: Any) -> Iterator[type[Section]]:
    for kind in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(kind, type) and issubclass(kind, Section):
            yield kind


def sections(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Class and name of every section."""
    for name, field in model.model_fields.items():
        for kind in _sections(field.annotation):
            yield kind.__name__, name
            yield from sections(kind)


READ_BEFORE = {"preset"}
"""It chooses a layer, so that composing reads it before there is a configuration; in that it is a record."""
OF_THE_RUN = [found for found in fields(RunConfig) if found[0] not in READ_BEFORE]


@pytest.fixture(scope="module")
def read_in_the_core() -> set[tuple[str, str]]:
    return reads(CORE.rglob("*.py"), dict(sections(RunConfig)))


@pytest.mark.parametrize(("path", "section", "name"), OF_THE_RUN, ids=[path for path, _, _ in OF_THE_RUN])
def test_every_setting_of_a_run_is_read(read_in_the_core, path: str, section: str, name: str) -> None:
    assert (section or "config", name) in read_in_the_core, f"nothing asks {section or 'the configuration'} for {name}"


OURS = [offer for plugin in catalogue().plugins for offer in plugin.offers if plugin.distribution == "pyganzoo"]


@pytest.mark.parametrize("offer", OURS, ids=lambda offer: f"{offer.kind}-{offer.spec.name}")
def test_every_setting_of_a_part_is_read(read_in_the_core, offer) -> None:
    config = getattr(offer.spec, "config", None)
    if config is None:
        pytest.skip("has no settings: a recipe, or a composition")
    package = PLUGINS / config.__module__.partition(".")[0]
    read = reads(file for file in package.rglob("*.py") if _speaks_of(file, config))
    asked = {name for whose, name in read | read_in_the_core if whose in SETTINGS}
    assert [path for path, _, name in fields(config) if name not in asked] == []


def _speaks_of(file: Path, config: type[BaseModel]) -> bool:
    """Whether the class, or one it takes settings from, is named in the file."""
    text = file.read_text(encoding="utf-8")
    return any(kind.__name__ in text for kind in config.__mro__ if kind.__module__.startswith("ganzoo_"))


def test_a_setting_that_nothing_reads_would_be_found(tmp_path: Path) -> None:
    code = "def build(config, elsewhere):\n    config.written = 1\n    return config.used + elsewhere.namesake\n"
    (tmp_path / "part.py").write_text(code)
    asked = {name for whose, name in reads(tmp_path.rglob("*.py")) if whose in SETTINGS}
    assert asked == {"used"}


def test_a_section_is_known_by_its_place_its_class_and_the_name_it_was_given(tmp_path: Path) -> None:
    code = "def f(one: TrainingSection, session):\n    two, three = session.training, session.data\n"
    (tmp_path / "core.py").write_text(code + "    return one.a, two.b, three.c, session.config.training.d, session.e\n")
    read = reads(tmp_path.rglob("*.py"), {"TrainingSection": "training"})
    assert {name for whose, name in read if whose == "training"} == {"a", "b", "d"}
