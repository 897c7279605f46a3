"""How several strategies become one: the laws of composition."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from ganzoo.contracts import (
    ALLOW,
    BalancingStrategy,
    Batch,
    Decision,
    Draws,
    Moment,
    Observation,
    Origin,
    Plan,
    Role,
    Settings,
    Term,
    Views,
    ViewStage,
    refuse,
)
from ganzoo.errors import ContractError, UsageError
from ganzoo.training.balance import Balance
from ganzoo.training.randomness import KeyedDraws

MOMENT = Moment(step=0, images=0, batch_size=4, dataset_size=10)
OBSERVATION = Observation(Role.DISCRIMINATOR, MOMENT, {"accuracy": torch.tensor(0.9)})
DRAWS = KeyedDraws(0, ("test",), 4, torch.device("cpu"))


class Sets(BalancingStrategy):
    def __init__(self, **changes: object) -> None:
        self.changes = {name.replace("__", "."): value for name, value in changes.items()}

    def configure(self, settings: Settings) -> Mapping[str, object]:
        return self.changes


class Gate(BalancingStrategy):
    def __init__(self, allowed: bool) -> None:
        self.allowed = allowed

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        return ALLOW if self.allowed else refuse("closed")


class Factor(BalancingStrategy):
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def rate(self, role: Role, moment: Moment) -> float:
        return self.factor


class Plans(BalancingStrategy):
    def plan(self, moment: Moment) -> Plan:
        return Plan(2, 1)


def together(*strategies: BalancingStrategy) -> Balance:
    return Balance({f"s{index}": strategy for index, strategy in enumerate(strategies)})


@given(st.lists(st.booleans(), max_size=5))
def test_gates_compose_as_and(answers: list[bool]) -> None:
    decision = together(*map(Gate, answers)).allow_update(Role.DISCRIMINATOR, OBSERVATION)
    assert decision.allowed == all(answers)


@given(st.lists(st.floats(0.01, 100), max_size=5))
def test_rates_compose_as_a_product_in_any_order(factors: list[float]) -> None:
    forwards = together(*map(Factor, factors)).rate(Role.GENERATOR, MOMENT)
    backwards = together(*map(Factor, reversed(factors))).rate(Role.GENERATOR, MOMENT)
    assert forwards == pytest.approx(math.prod(factors))
    assert forwards == pytest.approx(backwards)


@given(st.lists(st.floats(0, 4), max_size=4))
def test_weights_compose_as_a_product(factors: list[float]) -> None:
    class Weighs(BalancingStrategy):
        def __init__(self, factor: float) -> None:
            self.factor = factor

        def weights(self, logits: Tensor, origin: Origin, role: Role) -> Tensor | float:
            return self.factor if self.factor > 1 else logits.new_full((len(logits),), self.factor)

    values = torch.tensor([[1.0, 3.0], [5.0, 7.0]])
    weighed = together(*map(Weighs, factors)).weigh(values, values, Origin.FAKE, Role.GENERATOR)
    assert weighed.item() == pytest.approx(4.0 * math.prod(factors), rel=1e-4, abs=1e-6)


def test_two_strategies_that_set_one_setting_to_different_values_are_an_error_that_names_both() -> None:
    with pytest.raises(UsageError, match=r"`s0` sets `generator.width` to 8, `s1` to 16"):
        together(Sets(generator__width=8), Sets(generator__width=16)).configure({"generator.width": 4})


def test_two_strategies_that_agree_are_no_error() -> None:
    changes = together(Sets(a__b=8), Sets(a__b=8)).configure({"a.b": 4})
    assert [(change.path, change.value) for change in changes] == [("a.b", 8)]


def test_a_strategy_that_asks_for_a_setting_the_run_does_not_have_is_told_the_nearest() -> None:
    class Asks(BalancingStrategy):
        def configure(self, settings: Settings) -> Mapping[str, object]:
            return {"generator.width": settings.number("generator.widht") * 2}

    with pytest.raises(UsageError, match=r"generator\.widht.*Did you mean `generator\.width`"):
        together(Asks()).configure({"generator.width": 4})


def test_two_opinions_on_the_plan_are_an_error() -> None:
    with pytest.raises(ContractError, match="s0 and s1"):
        together(Plans(), Plans()).plan(MOMENT)
    assert together(Plans(), Gate(allowed=True)).plan(MOMENT) == Plan(2, 1)
    assert together().plan(MOMENT) == Plan(1, 1)


def test_two_terms_of_one_name_in_one_loss_are_an_error_that_names_both() -> None:
    class Adds(BalancingStrategy):
        def __init__(self, *roles: Role) -> None:
            self.roles = roles

        def terms(self) -> Sequence[Term]:
            return [
                Term(name="same", role=role, value=lambda given: given.fake.judgement.logits) for role in self.roles
            ]

    with pytest.raises(UsageError, match="`s0` and `s1` both add the term `same` to the generator's loss") as caught:
        together(Adds(Role.GENERATOR), Adds(*Role)).start()
    assert caught.value.hint
    together(Adds(Role.GENERATOR), Adds(Role.DISCRIMINATOR)).start()


def test_views_come_in_the_declared_order_whatever_the_order_of_naming() -> None:
    seen: list[str] = []

    class View(BalancingStrategy):
        def __init__(self, name: str) -> None:
            self.name = name

        def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
            seen.append(self.name)
            return Views(real, fake)

    class Noise(View):
        view_stage = ViewStage.NOISE

    class Select(View):
        view_stage = ViewStage.SELECT

    batch = Batch(torch.zeros(4, 3, 2, 2))
    together(Noise("noise"), View("augment"), Select("select")).views(batch, batch, Role.DISCRIMINATOR, MOMENT, DRAWS)
    assert seen == ["select", "augment", "noise"]


def test_the_optimisers_step_is_nested_with_the_first_strategy_outermost() -> None:
    order: list[str] = []

    class Around(BalancingStrategy):
        def __init__(self, name: str) -> None:
            self.name = name

        def around_apply(self, role: Role, parameters: Sequence[nn.Parameter], apply: Callable[[], None]) -> None:
            order.append(f"before {self.name}")
            apply()
            order.append(f"after {self.name}")

    together(Around("a"), Around("b")).around_apply(Role.GENERATOR, [], lambda: order.append("step"))
    assert order == ["before a", "before b", "step", "after b", "after a"]


def test_an_observation_is_not_read_by_a_strategy_that_did_not_declare_it() -> None:
    hidden = Observation(Role.DISCRIMINATOR, MOMENT, {"accuracy": torch.tensor(0.9)}, readable=False)
    with pytest.raises(ContractError, match="reads_numbers"):
        _ = hidden.accuracy


def test_the_draws_of_one_purpose_are_the_same_again_and_those_of_another_differ() -> None:
    def draws(*purpose: object) -> Tensor:
        return KeyedDraws(3, purpose, 4, torch.device("cpu")).normal(2)

    assert torch.equal(draws(1, "latents"), draws(1, "latents"))
    assert not torch.equal(draws(1, "latents"), draws(2, "latents"))
    assert not torch.equal(draws(1, "latents"), draws(1, "noise"))
    one = KeyedDraws(3, (1,), 4, torch.device("cpu"))
    assert not torch.equal(one.normal(2), one.normal(2)), "two calls on one object differ"
