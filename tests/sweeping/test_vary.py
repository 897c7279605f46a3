"""What `--vary` says."""

from __future__ import annotations

import pytest

from ganzoo.errors import UsageError
from ganzoo.sweeping.vary import Range, axis, parse_vary

OPTIONS = {"image_size": "data.image_size", "seed": "training.seed"}


def test_values_are_what_toml_makes_of_them():
    found = parse_vary("a.b=3, 2.5,2e-4,true,word,[0, 0.99]", {})
    assert found.name == "a.b"
    assert list(found.domain.values()) == [3, 2.5, 2e-4, True, "word", [0, 0.99]]
    assert found.value("[0, 0.99]") == [0, 0.99]


def test_an_option_means_its_setting():
    assert parse_vary("image-size=16,32", OPTIONS).name == "data.image_size"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5..0.95", Range(0.5, 0.95, log=False, whole=False)),
        ("1e-5..1e-3 log", Range(1e-5, 1e-3, log=True, whole=False)),
        ("16..256", Range(16, 256, log=False, whole=True)),
        ("-1..1.0", Range(-1, 1, log=False, whole=False)),
    ],
)
def test_two_dots_make_a_range(text, expected):
    assert parse_vary(f"a={text}", {}).domain == expected


def test_strategies_stay_words_even_where_they_look_like_numbers():
    assert parse_vary("balance=none,1e5", {}).domain == {"none": "none", "1e5": "1e5"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "expected `NAME=VALUE"),
        ("a=", "expected `NAME=VALUE"),
        ("=1", "expected `NAME=VALUE"),
        ("a=,", "which values"),
        ("a=1,1", "twice"),
        ("a=2..1", "from a lower to a higher"),
        ("a=0..1 log", "above 0"),
        ("a=1..2 cubic", "not `cubic`"),
        ("seed=1,2", "seeds are repeats"),
        ("evaluation.metrics=kd", "cannot vary as a whole"),
    ],
)
def test_what_cannot_vary_is_said(text, said):
    with pytest.raises(UsageError, match=said):
        parse_vary(text, OPTIONS)


def test_from_python_values_come_as_they_are():
    assert axis("a", [1, [2, 3]], {}).domain == {1: 1, "[2, 3]": [2, 3]}
