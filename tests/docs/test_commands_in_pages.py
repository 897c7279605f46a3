"""Commands and names in the documentation exist."""

from __future__ import annotations

import re
import shlex

import pytest
import typer
from typer.testing import CliRunner

from ganzoo.cli.app import app

FOR_RUN_ONLY = {"--out": 1, "--quiet": 0, "-q": 0, "--json": 0}
FROM_THE_TUTORIAL = "gap-gate"  # installed and run in a test of its own


def lines_of(blocks):
    for block in blocks:
        if block.language != "bash":
            continue
        for line in block.text.replace("\\\n", " ").splitlines():
            for part in line.split(" && "):
                command = part.partition("  #")[0].strip()
                if command.startswith("ganzoo ") and FROM_THE_TUTORIAL not in command:
                    yield block.page, shlex.split(command)[1:]


def without_what_only_run_takes(words):
    kept, rest = [], iter(words)
    for word in rest:
        if word in FOR_RUN_ONLY:
            for _ in range(FOR_RUN_ONLY[word]):
                next(rest)
        else:
            kept.append(word)
    return kept


@pytest.fixture
def workplace(blocks, tmp_path, monkeypatch):
    """A folder with the files that pages speak of."""
    monkeypatch.chdir(tmp_path)
    for name in ("photos", "animals"):
        (tmp_path / name).mkdir()
    (tmp_path / "photos.zip").touch()
    for block in blocks:
        if block.language == "toml" and block.title == "run.toml":
            (tmp_path / block.title).write_text(block.text)
    return tmp_path


def test_every_run_in_the_pages_resolves_to_a_configuration(blocks, workplace):
    runs = [(page, words[1:]) for page, words in lines_of(blocks) if words[0] == "run"]
    assert len(runs) > 20
    for page, words in runs:
        result = CliRunner().invoke(app, ["config", "resolve", *without_what_only_run_takes(words)])
        assert result.exit_code == 0, f"{page}: ganzoo run {shlex.join(words)}\n{result.output}{result.exception}"


def test_every_other_command_in_the_pages_is_one_that_the_command_line_takes(blocks):
    root = typer.main.get_command(app)
    others = [(page, words) for page, words in lines_of(blocks) if words[0] != "run"]
    assert others
    for page, words in others:
        command, rest = root, words
        while hasattr(command, "commands"):
            assert rest[0] in command.commands, f"{page}: ganzoo {shlex.join(words)}"
            command, rest = command.commands[rest[0]], rest[1:]
        command.make_context(words[0], list(rest))  # raises on an option that does not exist


def test_no_page_installs_from_the_index_what_is_somebody_elses(root):
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    assert len(pages) > 10
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"pip install (-\S+ )*(py)?ganzoo\b(?!-)", text), page


def test_links_of_the_readme_lead_somewhere(root):
    for page in (root / "README.md", root / "CONTRIBUTING.md"):
        links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
        assert links
        for link in links:
            assert (root / link).exists(), f"{page.name}: {link}"


def test_python_in_the_pages_compiles_and_names_what_there_is(blocks):
    import ganzoo

    for block in blocks:
        if block.language == "python":
            compile(block.text, block.page, "exec")
            for name in re.findall(r"\bganzoo\.(\w+)\(", block.text):
                assert hasattr(ganzoo, name), f"{block.page}: ganzoo.{name}"
