"""What cannot be combined is said before training, and both are named."""

from __future__ import annotations

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.errors import UsageError
from ganzoo.plugin import ArchitectureSpec, BalancingSpec, StrategyConfig, Trait


@pytest.fixture
def balanced(plugins):
    """Compose a run with strategies of these traits, by name; `method` belongs to the recipe."""

    def make(*strategies: str, method: tuple[str, ...] = (), **traits: set[Trait]) -> list[str]:
        specs = [
            BalancingSpec(name=name, summary="s", config=StrategyConfig, traits=frozenset(held), build=lambda _: None)  # type: ignore[arg-type, return-value]  # never built
            for name, held in traits.items()
        ]
        recipe = ArchitectureSpec(
            name="mine", summary="s", generator="dcgan", discriminator="dcgan", loss="hinge",
            method={name: {} for name in method}, settings={"training.steps": 1},
        )  # fmt: skip
        found = plugins.beside_ours(
            plugins.offering("gan-mine", "ganzoo_balancing", *specs),
            plugins.offering("gan-mine", "ganzoo_architectures", recipe, name="recipe"),
        )
        return list(compose(Request(recipe="mine", balance=strategies), found).balance)

    return make


@pytest.mark.parametrize("trait", [Trait.PLANS, Trait.PLAYS, Trait.HOLDS_ACCURACY, Trait.SLOPE_AT_REALS])
def test_two_with_a_trait_that_only_one_may_have_are_an_error_naming_both(balanced, trait):
    with pytest.raises(UsageError, match="`one` and `two` do not go together: both ") as caught:
        balanced("one", "two", one={trait}, two={trait})
    assert caught.value.exit_code == 2
    assert caught.value.hint


@pytest.mark.parametrize("trait", [Trait.GATES, Trait.CHANGES_TARGETS])
def test_two_with_a_trait_that_many_may_have_compose(balanced, trait):
    assert balanced("one", "two", one={trait}, two={trait}) == ["one", "two"]


def test_different_traits_compose(balanced):
    assert balanced("one", "two", one={Trait.PLANS}, two={Trait.HOLDS_ACCURACY, Trait.GATES}) == ["one", "two"]


@pytest.mark.parametrize("order", [("player", "gate"), ("gate", "player")])
def test_a_turn_that_one_plays_cannot_be_gated_by_another(balanced, order):
    with pytest.raises(UsageError, match="`gate` cannot gate a turn that `player` plays as a whole"):
        balanced(*order, player={Trait.PLAYS}, gate={Trait.GATES})


@pytest.mark.parametrize("order", [("player", "planner"), ("planner", "player")])
def test_the_updates_of_a_turn_that_one_plays_cannot_be_planned_by_another(balanced, order):
    said = "`planner` cannot plan the updates of a turn that `player` plays as a whole"
    with pytest.raises(UsageError, match=said):
        balanced(*order, player={Trait.PLAYS}, planner={Trait.PLANS})
    with pytest.raises(UsageError, match=said):
        balanced("player", method=("planner",), player={Trait.PLAYS}, planner={Trait.PLANS})


def test_the_recipes_method_counts_too(balanced):
    with pytest.raises(UsageError, match="`one` and `two` do not go together"):
        balanced("two", method=("one",), one={Trait.PLANS}, two={Trait.PLANS})


def test_a_strategy_of_the_method_cannot_be_named_again(balanced):
    with pytest.raises(UsageError, match="`one` is part of mine's method already") as caught:
        balanced("one", method=("one",), one=set())
    assert "--set method.one.SETTING=VALUE" in caught.value.hint


def test_two_update_ratios_cannot_be_had_from_two_plugins(plugins):
    spec = BalancingSpec(
        name="also-plans", summary="s", config=StrategyConfig, traits=frozenset({Trait.PLANS}),
        build=lambda _: None,
    )  # type: ignore[arg-type, return-value]  # never built  # fmt: skip
    found = plugins.beside_ours(plugins.offering("gan-mine", "ganzoo_balancing", spec))
    with pytest.raises(UsageError, match="`update-ratio` and `also-plans` do not go together"):
        compose(Request(recipe="dcgan", balance=("update-ratio", "also-plans")), found)


@pytest.mark.parametrize("two", [("r1", "r1r2"), ("r1r2", "r2")])
def test_one_side_is_penalised_by_one_strategy(two, installed):
    with pytest.raises(UsageError, match="both penalise D's slope at ") as caught:
        compose(Request(recipe="dcgan", balance=two), installed)
    assert caught.value.hint == "leave out --balance {}\nor --balance {}".format(*two)
    assert compose(Request(recipe="dcgan", balance=("r1", "r2")), installed)
