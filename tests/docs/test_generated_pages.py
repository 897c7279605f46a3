"""The generated pages say what the code says."""

from __future__ import annotations

import re
import runpy

import pytest

import ganzoo

OF_PARTS = ("architectures", "strategies", "losses", "scores", "data")
NAMES = (
    *("reference/cli.md", "reference/config.md", "reference/parts.md", "reference/signatures.txt"),
    *(f"reference/{name}.md" for name in OF_PARTS),
)


@pytest.fixture(scope="module")
def generated(root):
    return runpy.run_path(str(root / "docs" / "generating"))["pages"]()


@pytest.mark.parametrize("name", NAMES)
def test_a_generated_page_is_what_the_code_would_write_now(name, generated, root):
    committed = (root / "docs" / name).read_text(encoding="utf-8")
    assert committed == generated[name], f"docs/{name} is out of date: run `make docs`"


@pytest.fixture(scope="module")
def own():
    """What comes with ganzoo."""
    from ganzoo.registry.catalogue import catalogue

    offers = [offer for offer in catalogue().offers() if offer.distribution == "pyganzoo"]
    assert len(offers) > 100
    return offers


def test_every_part_of_ganzoos_own_has_one_section_and_a_line_in_the_index(generated, own):
    for offer in own:
        anchor = f"{offer.kind}-{offer.spec.name}"
        [page] = [name for name in OF_PARTS if f"{{ #{anchor} }}" in generated[f"reference/{name}.md"]]
        assert f"[`{offer.spec.name}`]({page}.md#{anchor})" in generated["reference/parts.md"]


def test_every_section_says_what_the_part_is_where_it_is_from_and_a_command(generated, own):
    for offer in own:
        anchor = f"{{ #{offer.kind}-{offer.spec.name} }}"
        [page] = [generated[f"reference/{name}.md"] for name in OF_PARTS if anchor in generated[f"reference/{name}.md"]]
        section = re.split(r"^##", page.partition(anchor)[2], maxsplit=1, flags=re.MULTILINE)[0]
        paragraphs = [text for text in section.strip().split("\n\n") if text.strip()]
        assert paragraphs[0].startswith("**"), anchor
        assert not getattr(offer.spec, "source", "") or any(text.startswith("Source: ") for text in paragraphs), anchor
        assert "```bash\nganzoo " in section, anchor
        said = [text for text in paragraphs[1:] if not text.startswith(("Source: ", "```", "| ", "No settings."))]
        assert said, f"{anchor} says nothing of how it works"


def test_the_page_on_python_has_all_that_import_ganzoo_gives(root):
    page = (root / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    named = [name for members in re.findall(r"members: \[(.+)\]", page) for name in members.split(", ")]
    assert set(ganzoo.__all__) <= set(named)


@pytest.mark.parametrize("name", ganzoo.__all__)
def test_every_name_that_import_ganzoo_gives_is_there_and_says_what_it_is(name):
    assert (getattr(ganzoo, name).__doc__ or "").strip()


def test_all_pages_that_are_generated_are_compared(generated):
    assert set(generated) == set(NAMES)
