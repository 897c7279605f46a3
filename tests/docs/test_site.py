"""The site as it is built: every part can be searched for by its name, no link is dead, every hook has its section."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest


@dataclass
class Page(HTMLParser):
    """What a page links to, and what in it can be linked to."""

    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value is not None}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.links += [given[name] for name in ("href", "src") if name in given]


@pytest.fixture(scope="module")
def site(root, tmp_path_factory) -> Path:
    """The folder it is built into, with warnings taken for errors."""
    for needed in ("mkdocs", "material", "mkdocstrings"):
        pytest.importorskip(needed, reason="the site is built with the packages of the group `docs`")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    read = {}
    for path in sorted(site.rglob("*.html")):
        read[path] = Page()
        read[path].feed(path.read_text(encoding="utf-8"))
    return read


def target_of(link: str, path: Path, site: Path) -> tuple[Path, str]:
    """The file in the site that a page's link leads to, and the anchor."""
    address, anchor = urldefrag(link)
    place = unquote(urlsplit(address).path)
    if not place:
        return path, unquote(anchor)
    target = site / place.lstrip("/") if place.startswith("/") else path.parent / place
    target = Path(os.path.normpath(target))
    return (target / "index.html" if target.is_dir() else target), unquote(anchor)


def test_no_link_within_the_site_is_dead(site, pages):
    followed = 0
    for path, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            target, anchor = target_of(link, path, site)
            said = f"{path.relative_to(site)} -> {link}"
            assert target.is_file(), said
            if anchor and target in pages:
                # The theme's `#__...` are for its own scripts; it makes some of them in the browser.
                assert anchor in pages[target].anchors or anchor.startswith("__"), said
                followed += 1
    assert followed > 1000


def test_nothing_is_asked_of_the_network_to_show_a_page(pages):
    for path, page in pages.items():
        text = path.read_text(encoding="utf-8")
        for link in page.links:
            assert f'src="{link}"' not in text or not urlsplit(link).scheme, f"{path}: {link}"
        assert "fonts.googleapis" not in text, path


def test_the_search_finds_every_part_by_its_name(site):
    from ganzoo.registry.catalogue import catalogue

    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    titles = {(entry["title"], entry["location"].partition("#")[2]) for entry in found}
    own = [offer for offer in catalogue().offers() if offer.distribution == "pyganzoo"]
    assert len(own) > 100
    for offer in own:
        assert (offer.spec.name, f"{offer.kind}-{offer.spec.name}") in titles


def test_the_search_finds_every_verb_and_every_page(site, root):
    import typer

    from ganzoo.cli.app import app

    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    titles = {entry["title"] for entry in found}
    for verb in typer.main.get_command(app).commands:
        assert f"ganzoo {verb}" in titles
    places = {entry["location"].partition("#")[0] for entry in found}
    for page in (root / "docs").rglob("*.md"):
        name = str(page.relative_to(root / "docs").with_suffix(""))
        if name != "images/README":
            assert ("" if name == "index" else f"{name}/") in places


def test_every_hook_has_a_section_and_a_line_for_authors(pages, site, root):
    tree = ast.parse((root / "ganzoo" / "registry" / "hookspecs.py").read_text(encoding="utf-8"))
    hooks = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("ganzoo_")]
    assert len(hooks) >= 12
    sections = pages[site / "reference" / "contracts" / "index.html"].anchors
    for_authors = (root / "docs" / "reference" / "plugin-api.md").read_text(encoding="utf-8")
    for hook in hooks:
        assert f"ganzoo.registry.hookspecs.{hook}" in sections
        assert f"`{hook}`" in for_authors
