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


def test_a_strategy_that_is_not_installed_here_is_no_obstacle() -> None:
    assert advise(Ailment.MODE_COLLAPSE, {"someone-elses": {}}, catalogue())
