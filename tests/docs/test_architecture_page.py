"""The page on how ganzoo is built names what is there."""

from __future__ import annotations

import re
import tomllib

import pytest


@pytest.fixture(scope="module")
def page(root) -> str:
    return (root / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")


def test_every_file_that_it_names_exists(page, root):
    named = set(re.findall(r"\b[a-z_]+(?:/[a-z_]+)*\.py\b", page))
    assert len(named) > 20
    files = {path.relative_to(root / "ganzoo").as_posix() for path in (root / "ganzoo").rglob("*.py")}
    known = files | {f"ganzoo/{file}" for file in files} | {file.rpartition("/")[2] for file in files}
    assert sorted(named - known) == []


def test_its_layers_are_those_that_are_checked(page, root):
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    [layers] = [one["layers"] for one in config["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    checked = [{name.strip().removeprefix("ganzoo.") for name in layer.split("|")} for layer in layers]
    picture = page.partition("## The house")[2].split("```")[1]
    heads = [re.match(r" +([a-z]+(?: {3}[a-z]+)*)(?= |$)", line) for line in picture.splitlines()]
    shown = [set(head[1].split()) & set().union(*checked) for head in heads if head]
    assert [row for row in shown if row] == checked


def test_it_tells_of_every_method_of_a_strategy(page):
    from ganzoo.contracts import BalancingStrategy

    methods = [name for name, what in vars(BalancingStrategy).items() if callable(what) and not name.startswith("_")]
    assert [name for name in methods if not re.search(rf"^\| .*`{name}\(", page, re.MULTILINE)] == []
