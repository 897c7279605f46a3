"""Which settings there are."""

from __future__ import annotations

import pytest

from ganzoo.config.compose import Request
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.sweeping.space import Space
from ganzoo.sweeping.vary import parse_vary


def space_of(*vary: str, **base: object) -> Space:
    return Space(Request(recipe="dcgan", **base), [parse_vary(text, {}) for text in vary], catalogue())


def test_a_grid_is_every_combination_once():
    found = space_of("generator.latent_dim=64,128", "training.ema_beta=0.9,0.99,0.999").grid()
    assert len({tuple(setting.items()) for setting in found}) == len(found) == 6


def test_a_strategys_setting_stands_only_where_the_strategy_does():
    space = space_of("balance=none,d-skip", "balance.d-skip.threshold=0.6,0.7")
    assert space.grid() == [
        {"balance": "none"},
        {"balance": "d-skip", "balance.d-skip.threshold": 0.6},
        {"balance": "d-skip", "balance.d-skip.threshold": 0.7},
    ]


def test_a_setting_that_all_have_stands_everywhere():
    space = space_of("balance=none,d-skip", "balance.d-skip.threshold=0.6,0.7", balance=["d-skip"])
    assert len(space.grid()) == 4


def test_varying_strategies_come_on_top_of_the_given_ones():
    config = space_of("balance=none,d-skip", balance=["r1r2"]).config({"balance": "d-skip"})
    assert set(config.balance) == {"r1r2", "d-skip"}
    assert set(space_of("balance=none,d-skip", balance=["r1r2"]).config({"balance": "none"}).balance) == {"r1r2"}


def test_several_strategies_are_joined_by_a_plus():
    assert set(space_of("balance=d-skip+r1r2").config({"balance": "d-skip+r1r2"}).balance) == {"d-skip", "r1r2"}


def test_a_setting_reaches_the_configuration_with_its_seed():
    config = space_of("generator.latent_dim=64,128").config({"generator.latent_dim": 64}, 7)
    assert (config.generator.settings.latent_dim, config.training.seed) == (64, 7)


def test_an_unknown_setting_is_said_with_the_nearest():
    space = space_of("balance.d-skip.treshold=0.6,0.7", balance=["d-skip"])
    with pytest.raises(UsageError, match=r"treshold \(from --vary\): no such setting. Did you mean `threshold`"):
        space.check(space.grid())


def test_a_value_that_cannot_be_is_said_with_its_setting():
    space = space_of("generator.latent_dim=64,-1", "training.ema_beta=0.9,0.99")
    with pytest.raises(UsageError) as caught:
        space.check(space.grid())
    assert "generator.latent_dim" in caught.value.message
    assert "generator.latent_dim=-1, training.ema_beta=0.9" in caught.value.hint


def test_examples_hold_both_ends_of_a_range():
    space = space_of("balance=none,d-skip", "balance.d-skip.threshold=0.6..0.9", "training.ema_beta=0.9,0.99")
    assert {s["balance.d-skip.threshold"] for s in space.examples() if s["balance"] == "d-skip"} == {0.6, 0.9}
    with pytest.raises(UsageError, match="a grid has no ranges"):
        space.grid()


def test_a_grid_too_large_to_check_is_refused():
    axes = [f"a.b{index}={','.join(map(str, range(11)))}" for index in range(4)]
    with pytest.raises(UsageError, match="over 10,000 settings"):
        space_of(*axes).grid()


def test_an_axis_is_given_once():
    with pytest.raises(UsageError, match="given twice"):
        space_of("training.ema_beta=0.9", "training.ema_beta=0.99")
