"""Writes a new plugin package from a template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.scaffolding.kinds import Template, template_named
from ganzoo.scaffolding.names import PartName, part_name, require_free

WORD = re.compile(r"[A-Za-z_]\w*")


def write_package(kind: str, name: str, folder: Path | None, catalogue: Catalogue) -> Path:
    """A complete package whose part of that name works as it is.

    Args:
        kind: of the part: one of `Template`.
        name: of the part, `gap-gate`.
        folder: to write into, new or empty; by default `ganzoo-NAME` here.
        catalogue: what is installed, whose names are taken.

    Returns:
        The folder.

    Raises:
        UsageError: no such kind, a name that cannot be one or is taken, or a folder that holds something.
    """
    template = template_named(kind)
    new = part_name(name)
    require_free(new, template.kinds, catalogue)
    rendered = render(template, new)
    target = Path(new.distribution) if folder is None else folder
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} exists already, and nothing is overwritten", hint="another place: --out my-folder")
    for path, text in rendered.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as writing:
            writing.write(text)
    return target


def render(template: Template, name: PartName) -> dict[str, str]:
    """Path in the package -> text.

    Raises:
        UsageError: a class named after the part would be called as something the template imports.
    """
    old = PartName(f"my-{template}")
    root = files("ganzoo.scaffolding") / "templates" / template.value
    package = {_renamed(path, old, name): _renamed(text, old, name) for path, text in _texts(root)}
    for path, text in _texts(root):
        words = set(WORD.findall(text)) if path.endswith(".py") else set()
        clash = words & {word.replace(old.camel, name.camel) for word in words if old.camel in word}
        if clash and name != old:
            raise UsageError(
                f"`{name.plain}` cannot be the name: the class `{min(clash)}` is one of ganzoo's own",
                hint=f"my-{name.plain}, say",
            )
    return package


def _renamed(text: str, old: PartName, new: PartName) -> str:
    for before, after in ((old.plain, new.plain), (old.snake, new.snake), (old.camel, new.camel)):
        text = text.replace(before, after)
    return text


def _texts(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":  # an installer may have compiled the templates too
            yield from _texts(entry, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield f"{prefix}{entry.name}", entry.read_text(encoding="utf-8")
