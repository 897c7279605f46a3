"""Commands and names in the documentation exist."""

from __future__ import annotations

import re

import pytest
from commands import check_taken, commands_of, lines_of

OF_TUTORIALS = ("gap-gate", "shuffle-net")
"""Parts that readers write: installed and run in tests of their own."""
RUN_ELSEWHERE = {
    "make": "by CI, which calls `make test` and `make check`; `make demo` is `ganzoo run`",
    "python -m venv .venv": "by the tests of tutorials and of packaging, which make environments",
    ". .venv/bin/activate": "likewise",
    "pip install": "likewise, from a wheel and from a folder",
    "python -m pytest ganzoo-": "by the tests of the tutorials",
    "python docs/": "by hand, to draw pictures",
    "python tests/": "by hand, to measure; tests/benchmarks and tests/faults run them shorter",
    "pre-commit install": "by contributors",
    "if test -e ": "by the shell, which chooses between lines of ganzoo",
    "else": "likewise",
    "fi": "likewise",
}
"""Lines that are not ganzoo's, and who runs them."""
LANGUAGES = {
    "bash": "commands for this machine: here, in test_pages_run.py and in the tests of the tutorials",
    "sh": "scripts for machines that tests do not have: with stand-ins, in test_scripts_for_clusters.py",
    "python": "in test_pages_run.py and in the tests of the tutorials",
    "toml": "read by the commands of its page",
    "diff": "applied by the tests of the tutorials",
    "text": "what is printed, and formulas: nothing to run",
}
"""Languages of code blocks, and what tests do with them."""


def commands(blocks):
    for page, words in commands_of(blocks):
        if not any(name in word for name in OF_TUTORIALS for word in words):
            yield page, words


@pytest.fixture
def workplace(blocks, tmp_path, monkeypatch):
    """A folder with the files that pages speak of."""
    monkeypatch.chdir(tmp_path)
    for name in ("photos", "animals"):
        (tmp_path / name).mkdir()
    (tmp_path / "photos.zip").touch()
    (tmp_path / "runs" / "lost").mkdir(parents=True)
    (tmp_path / "runs" / "lost" / "config.toml").write_text('recipe = "dcgan"\npreset = "tiny"\n')
    for block in blocks:
        if block.language == "toml" and block.title == "run.toml":
            (tmp_path / block.title).write_text(block.text)
    return tmp_path


def test_every_run_in_the_pages_resolves_to_a_configuration(blocks, workplace):
    runs = [(page, words) for page, words in commands(blocks) if words[0] == "run"]
    assert len(runs) > 20
    for page, words in runs:
        check_taken(page, words)


def test_every_other_command_in_the_pages_is_one_that_the_command_line_takes(blocks):
    others = [(page, words) for page, words in commands(blocks) if words[0] != "run"]
    assert others
    for page, words in others:
        check_taken(page, words)


def test_every_line_that_is_not_ganzoos_is_run_elsewhere(blocks):
    for page, line in lines_of(blocks):
        assert line.startswith(("ganzoo ", *RUN_ELSEWHERE)), f"{page}: {line}: who runs it?"


def test_blocks_are_of_languages_that_tests_know(blocks):
    for block in blocks:
        assert block.language in LANGUAGES, f"{block.page}: {block.language}"


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
