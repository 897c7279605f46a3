"""What plugins rely on does not change without a note."""

from __future__ import annotations

import re
import runpy

import pytest


@pytest.fixture(scope="module")
def tool(root):
    return runpy.run_path(str(root / "docs" / "generating" / "signatures.py"))


@pytest.fixture
def history(root):
    """Rows of the history, the newest first: version, digest, what changed."""
    text = (root / "docs" / "reference" / "plugin-api.md").read_text(encoding="utf-8").partition("## History")[2]
    return re.findall(r"^\| (\d+\.\d+) \| `(\w+)` \| (.+) \|$", text, re.MULTILINE)


def test_a_changed_signature_has_a_note_in_the_history(tool, history):
    now = tool["digest"](tool["signatures"]())
    assert history[0][1] == now, (
        "a public signature changed. Run `make docs`, look at the difference in docs/reference/signatures.txt, and say"
        f" in the first row of the history in docs/reference/plugin-api.md what changed, for which version, and `{now}`"
    )


def test_the_newest_row_is_of_the_version_of_today(history):
    from ganzoo.contracts.version import VERSION

    assert history[0][0] == VERSION
    assert all(len(what) > 10 for _, _, what in history)


def test_what_plugins_import_is_among_the_signatures(tool):
    text = tool["signatures"]()
    for name in ("class BalancingStrategy", "def allow_update", "class BalancingSpec", "def check_strategy", "def run"):
        assert name in text


def test_another_signature_is_another_digest(tool):
    text = tool["signatures"]()
    other = text.replace("def allow_update(self, role", "def allow_update(self, who")
    assert other != text
    assert tool["digest"](text) != tool["digest"](other)
