"""The doctor's advice."""

from __future__ import annotations

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.contracts.ailments import Ailment
from ganzoo.health.remedies import advise
from ganzoo.registry.catalogue import catalogue


@pytest.mark.parametrize("ailment", list(Ailment))
def test_every_ailment_has_a_remedy_and_each_flag_can_be_copied(ailment: Ailment) -> None:
    advice = advise(ailment, {"none": {}}, catalogue(), most=99)
    assert advice, "no lever helps against it"
    for each in advice:
        option, part = each.flag.split(" ")
        assert option == "--balance"
        config = compose(Request(recipe="dcgan", balance=[part]), catalogue())
        assert config.balance
        assert each.why


def test_a_lever_in_use_is_not_advised_again() -> None:
    flags = [advice.flag for advice in advise(Ailment.DISCRIMINATOR_OVERPOWERS, {"r1r2": {}}, catalogue(), most=99)]
    assert "--balance r1r2" not in flags
    assert flags


def test_what_would_fight_a_lever_in_use_is_not_advised() -> None:
    flags = [advice.flag for advice in advise(Ailment.DISCRIMINATOR_OVERPOWERS, {"lr-control": {}}, catalogue(), 99)]
    assert not any("d-skip" in flag for flag in flags)


@pytest.mark.parametrize("ailment", list(Ailment))
@pytest.mark.parametrize("used", ["steady", "gentle", "extragradient", "d-skip", "lr-control", "update-ratio", "ada"])
def test_what_is_advised_can_join_what_is_in_use(ailment: Ailment, used: str) -> None:
    config = compose(Request(recipe="dcgan", balance=[used]), catalogue())
    for advice in advise(ailment, config.balance, catalogue(), most=99):
        part = advice.flag.removeprefix("--balance ")
        joined = compose(Request(recipe="dcgan", balance=[used, part]), catalogue())
        assert len(joined.balance) > len(config.balance), f"{part} is there already"


def test_what_a_composition_stands_for_counts_as_in_use() -> None:
    flags = [advice.flag for advice in advise(Ailment.DIVERGING, {"r1r2": {}, "batch-size": {}}, catalogue(), most=99)]
    assert "--balance steady" not in flags


def test_two_that_share_what_many_may_do_are_not_kept_apart() -> None:
    flags = [advice.flag for advice in advise(Ailment.MEMORISING, {"diff-augment": {}}, catalogue(), most=99)]
    assert any(flag.startswith("--balance ada") for flag in flags), "both work on images only"


def test_a_strategy_that_is_not_installed_here_is_no_obstacle() -> None:
    assert advise(Ailment.MODE_COLLAPSE, {"someone-elses": {}}, catalogue())
