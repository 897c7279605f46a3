"""What differs between two configurations, and whether a run may go on with it."""

from __future__ import annotations

from ganzoo.config.differences import differences

BEFORE = {
    "training": {"seed": 0, "epochs": 2.0, "steps": None},
    "generator": {"kind": "dcgan", "width": 32},
    "balance": {"d-skip": {"threshold": 0.8}, "none": {}},
    "logging": {"tick_steps": 25, "observers": {}},
    "data": {"source": {"kind": "files", "path": "/a"}, "image_size": 64},
}


def changed(path: str, value: object) -> dict[str, object]:
    section, _, name = path.partition(".")
    return {**BEFORE, section: {**BEFORE[section], name: value}}


def test_a_configuration_differs_from_itself_in_nothing() -> None:
    assert differences(BEFORE, BEFORE) == []


def test_each_setting_that_differs_is_named_with_both_values() -> None:
    [difference] = differences(BEFORE, changed("generator.width", 64))
    assert str(difference) == "generator.width: 32 in the run, 64 now"
    assert not difference.is_safe


def test_length_logging_and_the_place_of_the_images_are_safe() -> None:
    longer = {**BEFORE, "training": {"seed": 0, "epochs": None, "steps": 9}}
    logged = changed("logging.tick_steps", 5)
    moved = changed("data.source", {"kind": "files", "path": "/b"})
    for after in (longer, logged, moved):
        found = differences(BEFORE, after)
        assert found
        assert all(difference.is_safe for difference in found)


def test_a_strategy_more_or_less_is_a_difference() -> None:
    more = changed("balance.lecam", {"weight": 0.3})
    assert [d.path for d in differences(BEFORE, more)] == ["balance.lecam.weight"]
    assert [d.path for d in differences(BEFORE, changed("balance.simple", {}))] == ["balance.simple"]
    less = {**BEFORE, "balance": {"none": {}}}
    assert [str(d) for d in differences(BEFORE, less)] == ["balance.d-skip.threshold: 0.8 in the run, absent now"]


def test_a_setting_that_a_newer_version_added_to_a_known_part_is_no_difference() -> None:
    newer = {**BEFORE, "balance": {"d-skip": {"threshold": 0.8, "band": 0.1}, "none": {"why": ""}}}
    assert differences(BEFORE, newer) == []
    assert differences(BEFORE, changed("training.retries", 3)) == []
    assert differences(BEFORE, changed("training.rollback", {"on": []})) == []
