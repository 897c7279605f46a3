"""Each rule has a strategy that breaks it, and the check says so."""

import itertools
from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch
from settings_under_test import Undescribed
from strategies_under_test import checked

from ganzoo.contracts import (
    ALLOW,
    BalancingStrategy,
    Decision,
    Observation,
    Plan,
    Role,
    Settings,
    Smoothed,
    Term,
    Views,
    refuse,
)
from ganzoo.errors import ContractError
from ganzoo.plugin import Trait


def test_a_strategy_that_uses_everything_it_may_keeps_the_contract() -> None:
    tried = set()

    class Good(BalancingStrategy):
        reads_numbers = True

        def __getattribute__(self, name):
            tried.add(name)
            return super().__getattribute__(name)

        def __init__(self):
            self.accuracy = Smoothed(0.5)
            self.seen = []

        def configure(self, settings):
            return {"generator.width": 2 * settings.number("generator.width")}

        def build(self, role, network):
            for module in network.children():
                torch.nn.utils.parametrizations.spectral_norm(module)
            return network

        def terms(self):
            return [
                Term(
                    name="r1",
                    role=Role.DISCRIMINATOR,
                    value=zero_centred,
                    gradients_at=frozenset({"real"}),
                ),
                Term(
                    name="spread",
                    role=Role.GENERATOR,
                    value=lambda given: given.fake.judgement.logits.square(),
                ),
            ]

        def views(self, real, fake, role, moment, draws):
            noise = draws.normal(*fake.images.shape[1:])
            return Views(real, replace(fake, images=fake.images + 0.1 * noise))

        def targets(self, targets, origin, role, draws):
            return targets * 0.9

        def weights(self, logits, origin, role):
            return logits.sigmoid()

        def rate(self, role, moment):
            return 0.5

        def plan(self, moment):
            return Plan(1, 2, reason="an odd step") if moment.step % 2 else None

        def observe(self, observation):
            if observation.role is Role.DISCRIMINATOR:
                self.accuracy.update(observation.accuracy)
                self.seen.append(observation.loss)

        def allow_update(self, role, observation):
            high = role is Role.DISCRIMINATOR and self.accuracy.value > 0.8
            return Decision(not high, "D is ahead" if high else "")

        def around_apply(self, role, parameters, apply):
            apply()
            for parameter in parameters:
                parameter.data.clamp_(-0.01, 0.01)

        def state_dict(self):
            return {"accuracy": self.accuracy.state_dict(), "seen": self.seen}

        def load_state_dict(self, state):
            self.accuracy.load_state_dict(state["accuracy"])
            self.seen = list(state["seen"])

    checked(Good, Trait.GATES, Trait.PLANS, Trait.CHANGES_TARGETS)
    assert {name for name in vars(Good) if not name.startswith("_")} <= tried


def zero_centred(given):
    real = given.real
    (gradient,) = torch.autograd.grad(real.judgement.logits.sum(), real.drawn.images, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3))


def refusing(reason: str):
    class Refusing(BalancingStrategy):
        def allow_update(self, role: Role, observation: Observation) -> Decision:
            return Decision(allowed=False, reason=reason)

    return Refusing


def test_a_refusal_without_a_reason_is_named() -> None:
    checked(refusing("D is ahead"), Trait.GATES)
    with pytest.raises(ContractError, match="carries its reason"):
        checked(refusing("  "), Trait.GATES)


def test_an_answer_that_is_no_decision_is_named() -> None:
    class Yes(BalancingStrategy):
        def allow_update(self, role: Role, observation: Observation) -> bool:
            return True

    with pytest.raises(ContractError, match="answers `ALLOW` or"):
        checked(Yes, Trait.GATES)


def gate_on_the_gap(limit: float, *, forgets: bool):
    class Gate(BalancingStrategy):
        """D rests from a wide gap on until a narrow one."""

        reads_numbers = True

        def __init__(self):
            self.rests = False

        def observe(self, observation):
            if observation.role is Role.DISCRIMINATOR:
                self.rests = observation.logit_gap > (limit / 2 if self.rests else limit)

        def allow_update(self, role, observation):
            return refuse("the gap is wide") if self.rests and role is Role.DISCRIMINATOR else ALLOW

        def state_dict(self):
            return {} if forgets else {"rests": self.rests}

        def load_state_dict(self, state):
            self.rests = bool(state.get("rests", False))

    return Gate


def test_what_a_gate_on_logits_forgets_is_found() -> None:
    checked(gate_on_the_gap(3.0, forgets=False), Trait.GATES)
    with pytest.raises(ContractError, match="loaded into a new one, it answers alike"):
        checked(gate_on_the_gap(3.0, forgets=True), Trait.GATES)


def test_a_gate_that_refused_nothing_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="`mine` refused no update"):
        checked(gate_on_the_gap(100.0, forgets=False), Trait.GATES)


def test_a_gate_without_its_trait_and_a_trait_without_its_gate_are_named() -> None:
    with pytest.raises(ContractError, match="trait `gates` if and only if"):
        checked(refusing("D is ahead"))
    with pytest.raises(ContractError, match="trait `plans` if and only if"):
        checked(BalancingStrategy, Trait.PLANS)


def test_a_hidden_reading_of_numbers_is_named() -> None:
    class Hidden(BalancingStrategy):
        def observe(self, observation):
            self.last = observation.accuracy

    with pytest.raises(ContractError, match="strategy that did not declare it"):
        checked(Hidden)


def test_state_that_is_not_saved_is_named() -> None:
    class Forgetful(BalancingStrategy):
        def __init__(self):
            self.steps = 0

        def observe(self, observation):
            self.steps += 1

        def rate(self, role, moment):
            return 1 / (1 + self.steps)

    with pytest.raises(ContractError, match="saved after 30 turns and loaded") as caught:
        checked(Forgetful)
    assert "rate" in caught.value.hint


def test_state_a_checkpoint_cannot_hold_is_named() -> None:
    class Hoarding(BalancingStrategy):
        def state_dict(self):
            return {"kept": [1, {"role": object()}]}

    with pytest.raises(ContractError, match="numbers, strings, lists") as caught:
        checked(Hoarding)
    assert "state.kept[1].role: object" in caught.value.hint


def test_randomness_of_its_own_is_named() -> None:
    counter = itertools.count()

    class Random(BalancingStrategy):
        def __init__(self):
            self.mood = 1 + next(counter) % 97

        def rate(self, role, moment):
            return self.mood

    with pytest.raises(ContractError, match="randomness comes from `draws`"):
        checked(Random)


def test_a_question_that_changes_something_is_named() -> None:
    class Impure(BalancingStrategy):
        def __init__(self):
            self.asked = 0

        def allow_update(self, role, observation):
            self.asked += 1
            return ALLOW if self.asked % 2 else Decision(False, "every other time")

    with pytest.raises(ContractError, match="asked again, it answers alike"):
        checked(Impure, Trait.GATES)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("inf"), float("nan")])
def test_a_rate_that_is_no_positive_finite_factor_is_named(factor: float) -> None:
    class Rate(BalancingStrategy):
        def rate(self, role, moment):
            return factor

    with pytest.raises(ContractError, match="`rate` is a finite factor above 0"):
        checked(Rate)


@pytest.mark.parametrize("calls", [0, 2])
def test_an_optimiser_that_is_not_stepped_exactly_once_is_named(calls: int) -> None:
    class Around(BalancingStrategy):
        def around_apply(self, role, parameters, apply):
            for _ in range(calls):
                apply()

    with pytest.raises(ContractError, match="calls `apply` exactly once") as caught:
        checked(Around)
    assert f"{calls} calls" in caught.value.hint


def test_weights_and_targets_of_another_shape_are_named() -> None:
    class Weights(BalancingStrategy):
        def weights(self, logits, origin, role):
            return logits.abs()[:-1]

    class Targets(BalancingStrategy):
        def targets(self, targets, origin, role, draws):
            return targets.mean()

    with pytest.raises(ContractError, match="`weights` are one an image, or one for all"):
        checked(Weights)
    with pytest.raises(ContractError, match="`targets` are one an image"):
        checked(Targets, Trait.CHANGES_TARGETS)


def test_targets_beyond_one_are_named() -> None:
    class Targets(BalancingStrategy):
        def targets(self, targets, origin, role, draws):
            return targets * 1.2

    with pytest.raises(ContractError, match=r"`targets` lie in \[0, 1\]"):
        checked(Targets, Trait.CHANGES_TARGETS)


def test_an_empty_plan_is_named() -> None:
    class Idle(BalancingStrategy):
        def plan(self, moment):
            return Plan(0, 0)

    with pytest.raises(ContractError, match="not both 0"):
        checked(Idle, Trait.PLANS)


def test_a_change_of_a_setting_that_does_not_exist_is_named() -> None:
    class Guessing(BalancingStrategy):
        def configure(self, settings: Settings) -> Mapping[str, object]:
            return {"generator.wdith": 3}

    with pytest.raises(ContractError, match="changes settings that exist") as caught:
        checked(Guessing)
    assert "generator.wdith" in caught.value.hint


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (lambda given: given.real.judgement.logits.mean(), "one value an image"),
        (lambda given: given.real.judgement.logits / 0, "is finite"),
        (lambda given: given.real.judgement.logits.double(), "is float32"),
    ],
)
def test_a_terms_value_that_is_no_finite_float_an_image_is_named(value, rule: str) -> None:
    class Penalised(BalancingStrategy):
        def terms(self):
            return [Term(name="odd", role=Role.DISCRIMINATOR, value=value)]

    with pytest.raises(ContractError, match=rule):
        checked(Penalised)


def test_two_terms_of_one_name_are_named() -> None:
    class Twice(BalancingStrategy):
        def terms(self):
            return [Term(name="r1", role=Role.DISCRIMINATOR, value=zero_centred)] * 2

    with pytest.raises(ContractError, match="names of their own"):
        checked(Twice)


def test_a_setting_without_a_docstring_is_named() -> None:
    with pytest.raises(ContractError, match="setting `strength` has a docstring"):
        checked(BalancingStrategy, config=Undescribed)


@pytest.mark.parametrize("name", ["Mine", "my own", "a:b", "a/b"])
def test_a_name_users_cannot_type_is_named(name: str) -> None:
    with pytest.raises(ContractError, match="its name is typed by users"):
        checked(BalancingStrategy, name=name)


def test_a_module_that_imports_torch_is_named(tmp_path, monkeypatch) -> None:
    (tmp_path / "heavy_plugin.py").write_text(
        "import torch\n"
        "from ganzoo.plugin import StrategyConfig\n"
        "class HeavyConfig(StrategyConfig):\n"
        "    '''Nothing to set.'''\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    from heavy_plugin import HeavyConfig

    with pytest.raises(ContractError, match="`heavy_plugin` loads without torch"):
        checked(BalancingStrategy, config=HeavyConfig)


def test_a_strategy_without_a_docstring_is_named() -> None:
    class Mute(BalancingStrategy):
        pass

    with pytest.raises(ContractError, match="the class `Mute` has a docstring"):
        checked(Mute, docstring="")


def test_a_plan_that_changes_without_a_reason_is_named() -> None:
    class Moody(BalancingStrategy):
        def plan(self, moment):
            return Plan(1, 2) if moment.step % 3 else None

    class Constant(BalancingStrategy):
        def plan(self, moment):
            return Plan(1, 2)

    checked(Constant, Trait.PLANS)
    with pytest.raises(ContractError, match="changes between turns carries its reason"):
        checked(Moody, Trait.PLANS)
