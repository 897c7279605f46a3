"""What plugins and scripts can see of ganzoo, one line a name, read from the source without importing it.

`docs/generating` writes it to reference/signatures.txt. A test compares it with what is committed, and asks for a note
in reference/plugin-api.md where it has changed: nobody's plugin breaks by an oversight.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOWN = {"__init__", "__call__", "__contains__", "__getitem__", "__iter__", "__len__"}
"""Methods with two underscores that a caller or an author sees."""
WHOLE = ("ganzoo.contracts.*", "ganzoo.registry.specs", "ganzoo.registry.hookspecs")
"""Modules whose public names are all part of the promise."""
EXPORTS = ("ganzoo", "ganzoo.testing")
"""Packages whose exported names are."""
NAMES_ONLY = ("ganzoo.contracts", "ganzoo.plugin")
"""Packages that give names of the modules above another place to be imported from."""


def signatures() -> str:
    """The whole text."""
    lines: list[str] = []
    for package in EXPORTS:
        lines += [f"[{package}]", *(line for name in exports(package) for line in _found(package, name)), ""]
    for pattern in WHOLE:
        for module in _matching(pattern):
            lines += [f"[{module}]", *_of_module(module), ""]
    for package in NAMES_ONLY:
        lines += [f"[{package}]", *sorted(exports(package)), ""]
    return "\n".join(lines)


def digest(text: str) -> str:
    """Twelve letters that stand for the text, to be named in the history."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def exports(package: str) -> dict[str, str]:
    """Name -> the module it is imported from, of all that a package's `__init__` imports."""
    tree = _tree(package)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    given = {
        alias.name: str(node.module)
        for node in found
        for alias in node.names
        if str(node.module).startswith("ganzoo.") and alias.name != "lazy_exports"
    }
    return dict(sorted(given.items()))


def _found(package: str, name: str) -> list[str]:
    """The lines of one exported name, followed to where it is defined."""
    module = exports(package)[name]
    for node in _tree(module).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return list(_lines(node))
    return _found(module, name)


def _of_module(module: str) -> Iterator[str]:
    for node in _tree(module).body:
        yield from _lines(node)


def _lines(node: ast.stmt, indent: str = "") -> Iterator[str]:
    match node:
        case ast.ClassDef() if not node.name.startswith("_"):
            bases = ", ".join(ast.unparse(base) for base in node.bases)
            marks = "".join(f"@{ast.unparse(mark)} " for mark in node.decorator_list)
            yield f"{indent}{marks}class {node.name}({bases})"
            for member in node.body:
                yield from _lines(member, f"{indent}    ")
        case ast.FunctionDef() if not node.name.startswith("_") or node.name in SHOWN:
            marks = "".join(f"@{ast.unparse(mark)} " for mark in node.decorator_list)
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            yield f"{indent}{marks}def {node.name}({ast.unparse(node.args)}){returns}"
        case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
            yield indent + ast.unparse(node)
        case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
            yield indent + ast.unparse(node)


def _matching(pattern: str) -> list[str]:
    if not pattern.endswith(".*"):
        return [pattern]
    package = pattern.removesuffix(".*")
    folder = ROOT.joinpath(*package.split("."))
    return [f"{package}.{path.stem}" for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]


def _tree(module: str) -> ast.Module:
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))
