"""Names that a new part can have, and what is said of those it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.errors import UsageError
from ganzoo.registry.manager import NAME as NAME_OF_A_PART
from ganzoo.scaffolding.names import NAME, PartName, nearest_name, part_name


def test_a_name_gives_the_module_the_distribution_and_the_class():
    name = part_name("gap-gate-2")
    assert (name.module, name.distribution, name.camel) == ("ganzoo_gap_gate_2", "ganzoo-gap-gate-2", "GapGate2")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("My Gate", "the nearest is `my-gate`"),
        ("GapGate", "the nearest is `gap-gate`"),
        ("2-fast", "the nearest is `fast`"),
        ("a--b", "the nearest is `a-b`"),
        ("gap_gate", "the nearest is `gap-gate`"),
        ("../../evil", "the nearest is `evil`"),
        ("", "gap-gate, say"),
        ("ünï", "the nearest is `n`"),
        ("--", "gap-gate, say"),
        ("a\nb", "the nearest is `a-b`"),
    ],
)
def test_what_cannot_be_a_name_is_refused_with_the_nearest_that_can(text, hint):
    with pytest.raises(UsageError) as caught:
        part_name(text)
    assert caught.value.hint == hint


@pytest.mark.parametrize("text", ["true", "none", "exception", "value-error"])
def test_words_of_pythons_are_refused(text):
    with pytest.raises(UsageError, match="is a word of Python's"):
        part_name(text)


def test_a_name_that_is_too_long_is_refused():
    with pytest.raises(UsageError, match="too long a name: 41 characters"):
        part_name("a" * 41)


@given(st.text(max_size=40))
def test_the_nearest_name_can_be_one_or_there_is_none(text):
    near = nearest_name(text)
    assert near == "" or NAME.fullmatch(near)


@given(st.from_regex(NAME, fullmatch=True).filter(lambda text: len(text) <= 40))
def test_every_name_is_one_that_the_registry_takes_and_makes_a_module_and_a_class(text):
    assert NAME_OF_A_PART.fullmatch(text)
    name = PartName(text)
    assert name.module.isidentifier()
    assert name.camel.isidentifier()
