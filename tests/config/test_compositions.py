"""`--balance steady`: several levers under one name."""

from __future__ import annotations

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind

NAMES = catalogue().names(Kind.COMPOSITION)


@pytest.mark.parametrize("name", NAMES)
def test_a_composition_stands_for_its_strategies_and_settings(name: str) -> None:
    spec = catalogue().find(Kind.COMPOSITION, name)
    config = compose(Request(recipe="dcgan", balance=[name]), catalogue())
    assert list(config.balance) == list(spec.strategies)
    for path, value in {**spec.settings, **spec.where_possible}.items():
        found: object = config.model_dump(mode="json")
        for key in path.split("."):
            assert isinstance(found, dict)
            found = found[key]
        assert found == value, path


def test_what_only_some_parts_have_is_left_out_elsewhere_and_what_the_user_says_wins() -> None:
    config = compose(
        Request(recipe="dcgan", balance=["steady", "d-dropout"], settings=["loss.kind=hinge", "balance.r1r2.gamma=1"]),
        catalogue(),
    )
    assert list(config.balance) == ["r1r2", "batch-size", "d-dropout"]
    assert config.loss.kind == "hinge"
    assert config.balance["r1r2"].model_dump()["gamma"] == 1


def test_settings_behind_a_compositions_name_are_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError, match="is a composition") as error:
        compose(Request(recipe="dcgan", balance=["steady:gamma=1"]), catalogue())
    assert "--set balance" in error.value.hint


def test_data_that_is_not_there_is_said_with_the_option_it_was_written_behind(installed):
    with pytest.raises(UsageError, match="--against nowhere: no such folder or zip"):
        compose(Request(recipe="dcgan", data="nowhere", data_option="--against"), installed)
