"""Every part that comes with ganzoo is spoken of by a test of it, or is one of a kind that a test goes through."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind

OVER_ALL = {Kind.COMPOSITION: "config/test_compositions.py", Kind.METRIC: "testing/test_testing_metric.py"}
"""Kinds of which a parametrised test takes every one, and where."""


def spoken_of(path: Path) -> set[str]:
    """Words of a test's strings, names of its functions and of what it imports; not those of docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    words: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in said:
                words.update(re.split(r"[\s,=:/\[\]{}`'\"]+", text))
            case ast.ImportFrom(module=str(module), names=names):
                words.update((*module.split("."), *(alias.name for alias in names)))
            case ast.FunctionDef(name=name):
                words.add(name)
    return words


@pytest.fixture(scope="module")
def words(root) -> set[str]:
    tests = [path for path in (root / "tests").rglob("*.py") if path.parent.name != "docs"]
    assert len(tests) > 100
    return set().union(*map(spoken_of, tests))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_part_has_a_test_that_names_it(kind, words, root):
    if kind in OVER_ALL:
        text = (root / "tests" / OVER_ALL[kind]).read_text(encoding="utf-8")
        assert re.search(rf"(names|offers)\(Kind\.{kind.name}\)", text), OVER_ALL[kind]
        assert "parametrize" in text, OVER_ALL[kind]
        return
    functions = [word for word in words if word.startswith("test_")]
    for offer in catalogue().offers(kind):
        if offer.distribution == "pyganzoo":
            name, snake = offer.spec.name, offer.spec.name.replace("-", "_")
            in_a_name = "-" in name and any(snake in function for function in functions)
            assert in_a_name or {name, snake} & words, f"no test speaks of the {kind.words} `{name}`"
