"""Which scores may be ranked with one another, and why others may not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.evaluation.protocol import NOT_RECORDED, differences, facts, made_by

Table = dict[str, Any]


def protocol() -> Table:
    return {
        "data": {"name": "avatars", "fingerprint": "a" * 64},
        "images_real": 2048,
        "images_generated": 2048,
        "quantisation": "rounded",
        "scores": {
            "fd-lite": made_by("fd", "lite", needs_reals=True),
            "ssim": made_by("ssim", None, needs_reals=False),
        },
        "metrics": {"fd": {"features": "lite"}, "ssim": {"pairs": 100}},
        "providers": {"fd": "pyganzoo 0.1", "ssim": "pyganzoo 0.1"},
        "backbones": {"lite": {"weights_sha256": "b" * 64, "resize": "bilinear"}},
        "generator": {
            "weights": "average",
            "average_beta": "0.99",
            "batch_norm": "re-estimated",
            "generation_precision": "fp32",
            "split": "all",
            "transform": "64 px",
        },
        "statistics": 2,
        "versions": {"torch": "2.14.1", "numpy": "2.3.0"},
    }


def changed(change: Callable[[Table], object]) -> Table:
    other = copy.deepcopy(protocol())
    change(other)
    return other


def test_a_protocol_differs_from_itself_in_nothing() -> None:
    for score in ("fd-lite", "ssim"):
        assert differences(protocol(), protocol(), score) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: p.update(images_generated=1024), "generated images: 2,048 against 1,024"),
        (lambda p: p.update(images_real=10), "real images: 2,048 against 10"),
        (lambda p: p["data"].update(fingerprint="c" * 64), "real images' content: aaaaaaaaaaaa against cccccccccccc"),
        (lambda p: p["backbones"]["lite"].update(resize="nearest"), "lite.resize: bilinear against nearest"),
        (lambda p: p["backbones"]["lite"].update(weights_sha256="d" * 64), "lite.weights_sha256"),
        (lambda p: p["generator"].update(weights="as trained"), "weights of the generator: average against as trained"),
        (lambda p: p["generator"].update(batch_norm="as trained"), "BatchNorm: re-estimated against as trained"),
        (lambda p: p["generator"].update(generation_precision="bf16"), "precision of the generator's forward"),
        (lambda p: p["generator"].update(split="test"), "split of the data: all against test"),
        (lambda p: p["generator"].update(transform="32 px"), "size and shape of the images: 64 px against 32 px"),
        (lambda p: p.update(quantisation="none"), "quantisation: rounded against none"),
        (lambda p: p.update(statistics=1), "version of the statistics: 2 against 1"),
        (lambda p: p["providers"].update(fd="other 1.0"), "made by: pyganzoo 0.1 against other 1.0"),
        (lambda p: p["versions"].update(torch="2.15.0"), "torch: 2.14 against 2.15"),
        (lambda p: p["generator"].pop("weights"), f"weights of the generator: average against {NOT_RECORDED}"),
    ],
)
def test_each_fact_a_score_depends_on_is_a_reason_by_itself(change: Callable[[Table], object], reason: str) -> None:
    found = differences(protocol(), changed(change), "fd-lite")
    assert len(found) == 1
    assert found[0].startswith(reason)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p["generator"].update(average_beta="0.995"),
        lambda p: p["data"].update(name="renamed"),
        lambda p: p["metrics"]["ssim"].update(pairs=5),
        lambda p: p["versions"].update(torch="2.14.2+cpu"),
    ],
    ids=["rate of the average", "name of the data", "another metric's setting", "patch release"],
)
def test_what_a_score_does_not_depend_on_is_no_reason(change: Callable[[Table], object]) -> None:
    assert differences(protocol(), changed(change), "fd-lite") == []


def test_a_score_without_reals_or_backbone_does_not_depend_on_them() -> None:
    other = changed(lambda p: (p["data"].update(fingerprint="x"), p["backbones"].clear(), p.update(images_real=1)))
    assert differences(protocol(), other, "ssim") == []
    assert len(differences(protocol(), other, "fd-lite")) == 4


@pytest.mark.parametrize("other", [{}, {"scores": {}}, {"scores": "no table"}])
def test_a_score_that_does_not_say_how_it_was_made_is_never_comparable(other: Table) -> None:
    assert differences(other, other, "fd-lite") == [f"how fd-lite was made: {NOT_RECORDED}"]
    assert differences(protocol(), other, "fd-lite")


@given(st.dictionaries(st.sampled_from(sorted(protocol())), st.none() | st.integers() | st.text(max_size=5)))
def test_both_see_the_same_differences_whatever_a_file_holds(damage: Table) -> None:
    other = protocol() | damage
    there, back = (differences(*pair, "fd-lite") for pair in ((protocol(), other), (other, protocol())))
    assert len(there) == len(back)
    assert {line.split(":")[0] for line in there} == {line.split(":")[0] for line in back}


def test_facts_are_words_with_digests_shortened() -> None:
    told = facts(protocol(), "fd-lite")
    assert told["generated images"] == "2,048"
    assert told["lite.weights_sha256"] == "b" * 12
