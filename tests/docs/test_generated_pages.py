"""The generated pages say what the code says."""

from __future__ import annotations

import runpy

import pytest

NAMES = ("reference/cli.md", "reference/config.md", "reference/parts.md")


@pytest.fixture(scope="module")
def generated(root):
    return runpy.run_path(str(root / "docs" / "generate.py"))["pages"]()


@pytest.mark.parametrize("name", NAMES)
def test_a_generated_page_is_what_the_code_would_write_now(name, generated, root):
    committed = (root / "docs" / name).read_text(encoding="utf-8")
    assert committed == generated[name], f"docs/{name} is out of date: run `make docs`"


def test_every_part_of_ganzoos_own_is_on_the_page_of_parts(generated):
    from ganzoo.registry.catalogue import catalogue

    own = [offer for offer in catalogue().offers() if offer.distribution == "pyganzoo"]
    assert len(own) > 20
    for offer in own:
        assert f"{{ #{offer.kind}-{offer.spec.name} }}" in generated["reference/parts.md"]


def test_all_pages_that_are_generated_are_compared(generated):
    assert set(generated) == set(NAMES)
