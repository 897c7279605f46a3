"""One turn of the game."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from ganzoo.contracts import (
    ALLOW,
    BalancingStrategy,
    Batch,
    Decision,
    Draws,
    Game,
    Moment,
    Observation,
    Origin,
    Plan,
    Role,
    Term,
    TermInput,
    Views,
    refuse,
)
from ganzoo.training.parts import Part
from ganzoo.training.session import Session

SessionMaker = Callable[..., Session]


def weights(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def equal(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def play(session: Session, moment: Moment, steps: int) -> Moment:
    for _ in range(steps):
        turn = session.step(moment)
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)
    return moment


class Refuses(BalancingStrategy):
    def __init__(self, role: Role, cap: int | None = None) -> None:
        self.role = role
        self.max_consecutive_skips = cap

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        return refuse("because") if role is self.role else ALLOW


def test_a_step_changes_both_networks(make_session: SessionMaker, start: Moment) -> None:
    session = make_session()
    before = weights(session.step.generator.network), weights(session.step.discriminator.network)
    session.step(start)
    assert not equal(before[0], weights(session.step.generator.network))
    assert not equal(before[1], weights(session.step.discriminator.network))


def test_a_refused_update_leaves_the_discriminator_unchanged(make_session: SessionMaker, start: Moment) -> None:
    session = make_session(strategies={"no": Refuses(Role.DISCRIMINATOR)})
    discriminator = session.step.discriminator
    before = weights(discriminator.network)
    turn = session.step(start)
    assert equal(before, weights(discriminator.network)), "weights or BatchNorm's buffers moved"
    assert discriminator.optimizer.state_dict()["state"] == {}, "the optimiser stepped"
    assert [(refusal.role, refusal.reason) for refusal in turn.refusals] == [(Role.DISCRIMINATOR, "no: because")]


def test_the_generators_turn_leaves_the_discriminators_buffers_unchanged(
    make_session: SessionMaker, start: Moment
) -> None:
    class OnlyG(BalancingStrategy):
        def plan(self, moment: Moment) -> Plan:
            return Plan(0, 1)

    session = make_session(strategies={"only-g": OnlyG()})
    before = weights(session.step.discriminator.network)
    session.step(start)
    assert equal(before, weights(session.step.discriminator.network))
    assert all(parameter.requires_grad for parameter in session.step.discriminator.parameters)


def test_never_both_off(make_session: SessionMaker, start: Moment) -> None:
    session = make_session(strategies={"d": Refuses(Role.DISCRIMINATOR), "g": Refuses(Role.GENERATOR)})
    before = weights(session.step.generator.network)
    turn = session.step(start)
    assert [refusal.role for refusal in turn.refusals] == [Role.DISCRIMINATOR]
    assert not equal(before, weights(session.step.generator.network))


def test_a_strategy_that_refused_too_often_is_overruled_once(make_session: SessionMaker, start: Moment) -> None:
    session = make_session(strategies={"no": Refuses(Role.DISCRIMINATOR, cap=2)})
    refused = []
    moment = start
    for _ in range(6):
        turn = session.step(moment)
        refused.append(len(turn.refusals))
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)
    assert refused == [1, 1, 0, 1, 1, 0]


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    make_session: SessionMaker, start: Moment
) -> None:
    settings = ("discriminator.dropout=0.2", "data.horizontal_flip=true")
    results = []
    for seed in (0, 0, 1):
        session = make_session(*settings, f"training.seed={seed}")
        play(session, start, 4)
        results.append(weights(session.step.generator.network))
    assert equal(results[0], results[1])
    assert not equal(results[0], results[2])


def test_a_step_does_not_depend_on_what_was_drawn_before_it(make_session: SessionMaker, start: Moment) -> None:
    session = make_session("discriminator.dropout=0.2")
    moment = play(session, start, 2)
    twin = copy.deepcopy(session.step.generator.network), copy.deepcopy(session.step.discriminator.network)
    turn = session.step(moment)
    other = make_session("discriminator.dropout=0.2")
    other.step.generator.network.load_state_dict(twin[0].state_dict())
    other.step.discriminator.network.load_state_dict(twin[1].state_dict())
    torch.rand(17)  # whatever else the process draws
    again = other.step(moment)
    named = dict(turn.values), dict(again.values)
    assert torch.equal(torch.as_tensor(named[0]["loss_discriminator"]), torch.as_tensor(named[1]["loss_discriminator"]))


def test_a_neutral_strategy_changes_no_bit_of_training(make_session: SessionMaker, start: Moment) -> None:
    class Neutral(BalancingStrategy):
        pass

    plain, neutral = (
        make_session(strategies={}),
        make_session(strategies={"one": Neutral(), "two": Neutral()}),
    )
    play(plain, start, 3)
    play(neutral, start, 3)
    assert equal(weights(plain.step.generator.network), weights(neutral.step.generator.network))
    assert equal(weights(plain.step.discriminator.network), weights(neutral.step.discriminator.network))


def test_a_plan_is_followed(make_session: SessionMaker, start: Moment) -> None:
    class Two(BalancingStrategy):
        def plan(self, moment: Moment) -> Plan:
            return Plan(2, 3)

    session = make_session(strategies={"two": Two()})
    turn = session.step(start)
    names = [name for name, _ in turn.values]
    assert (names.count("loss_discriminator"), names.count("loss_generator")) == (2, 3)
    assert turn.images == 16


def test_a_term_joins_the_loss_and_lazy_terms_come_every_nth_step(make_session: SessionMaker, start: Moment) -> None:
    def squared_gradient(given: TermInput) -> Tensor:
        (gradient,) = torch.autograd.grad(given.real.judgement.logits.sum(), given.real.drawn.images, create_graph=True)
        return gradient.square().sum(dim=(1, 2, 3))

    class Penalty(BalancingStrategy):
        def terms(self) -> Sequence[Term]:
            return [
                Term(
                    name="r1",
                    role=Role.DISCRIMINATOR,
                    value=squared_gradient,
                    weight=10.0,
                    every=2,
                    gradients_at=frozenset({Origin.REAL}),
                )
            ]

    session, plain = make_session(strategies={"r1": Penalty()}), make_session(strategies={})
    turn = session.step(start)
    assert "term_r1" in dict(turn.values)
    plain.step(start)
    assert not equal(weights(session.step.discriminator.network), weights(plain.step.discriminator.network)), (
        "the term had no influence"
    )
    assert "term_r1" not in dict(session.step(replace(start, step=1)).values)


def test_views_targets_weights_and_rates_reach_the_step(make_session: SessionMaker, start: Moment) -> None:
    asked: list[str] = []

    class Everything(BalancingStrategy):
        def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
            asked.append(f"views {role} {real is not None}")
            return Views(real, replace(fake, images=fake.images * 0.5))

        def targets(self, targets: Tensor, origin: Origin, role: Role, draws: Draws) -> Tensor:
            asked.append(f"targets {origin} {targets[0].item():g}")
            return targets * 0.9

        def weights(self, logits: Tensor, origin: Origin, role: Role) -> Tensor | float:
            asked.append(f"weights {origin} {role}")
            return torch.ones(len(logits))

        def rate(self, role: Role, moment: Moment) -> float:
            return 0.25

        def around_apply(self, role: Role, parameters: Sequence[nn.Parameter], apply: Callable[[], None]) -> None:
            asked.append(f"around {role}")
            apply()

    session = make_session(strategies={"everything": Everything()})
    turn = session.step(start)
    assert asked == [
        "views discriminator True",
        "targets real 1",
        "targets fake 0",
        "weights real discriminator",
        "weights fake discriminator",
        "around discriminator",
        "views generator False",
        "weights fake generator",
        "around generator",
    ]
    assert dict(turn.values)["learning_rate_generator"] == pytest.approx(0.25e-3)


def test_a_strategy_may_play_the_whole_turn(make_session: SessionMaker, start: Moment) -> None:
    class Simultaneous(BalancingStrategy):
        def play(self, game: Game) -> bool:
            gradients = {role: game.gradients(role, game.loss(role)) for role in Role}
            for role in Role:
                game.apply(role, gradients[role])
            return True

    session = make_session(strategies={"simultaneous": Simultaneous()})
    before = weights(session.step.generator.network), weights(session.step.discriminator.network)
    turn = session.step(start)
    assert turn.images == 8
    assert not equal(before[0], weights(session.step.generator.network))
    assert not equal(before[1], weights(session.step.discriminator.network))
    assert {"loss_generator", "loss_discriminator"} <= {name for name, _ in turn.values}


def test_a_gradient_that_is_not_finite_changes_nothing_and_is_a_fault(
    make_session: SessionMaker, start: Moment
) -> None:
    def nowhere(given: TermInput) -> Tensor:
        return given.fake.judgement.logits * torch.nan

    class Broken(BalancingStrategy):
        def terms(self) -> Sequence[Term]:
            return [Term(name="nan", role=Role.DISCRIMINATOR, value=nowhere)]

    session = make_session(strategies={"broken": Broken()})
    before = weights(session.step.discriminator.network)
    turn = session.step(start)
    assert [fault.role for fault in turn.faults] == [Role.DISCRIMINATOR]
    assert equal(before, weights(session.step.discriminator.network))


class Infinite(BalancingStrategy):
    """A term whose number is infinite and whose gradient is that of the logits."""

    def __init__(self, role: Role) -> None:
        self.role = role

    def terms(self) -> Sequence[Term]:
        return [Term(name="inf", role=self.role, value=lambda given: given.fake.judgement.logits + torch.inf)]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("microbatch", ["{}", "4"])
def test_an_infinite_loss_with_finite_gradients_changes_nothing_and_is_a_fault(
    make_session: SessionMaker, start: Moment, role: Role, microbatch: str
) -> None:
    settings = (f"training.microbatch={microbatch}", "discriminator.norm=none")
    session = make_session(*settings, strategies={"infinite": Infinite(role)})
    player = session.step.generator if role is Role.GENERATOR else session.step.discriminator
    before = [parameter.clone() for parameter in player.parameters]
    turn = session.step(start)
    assert [(fault.role, fault.reason) for fault in turn.faults] == [(role, "the loss is not finite")]
    norms = [value for name, value in turn.values if name == f"gradient_norm_{role}"]
    assert torch.isfinite(torch.as_tensor(norms)).all(), "the gradients alone would have been applied"
    assert all(map(torch.equal, before, player.parameters))
    assert player.optimizer.state_dict()["state"] == {}, "the optimiser stepped"


@pytest.mark.parametrize("balance", ["extragradient", "unrolled:steps=1", "consensus"])
def test_a_played_turn_whose_loss_is_infinite_changes_nothing_and_is_a_fault(
    make_session: SessionMaker, start: Moment, balance: str
) -> None:
    session = make_session(balance=[balance])
    (player,) = session.step.balance.strategies.values()
    strategies = {"infinite": Infinite(Role.DISCRIMINATOR), "player": player}
    session = make_session(strategies=strategies)
    before = weights(session.step.discriminator.network)
    turn = session.step(start)
    assert {fault.role for fault in turn.faults} == {Role.DISCRIMINATOR}
    assert all(fault.reason.endswith("the loss is not finite") for fault in turn.faults)
    assert equal(before, weights(session.step.discriminator.network)), "weights or BatchNorm's buffers moved"


@pytest.mark.parametrize("lookahead", [False, True])
def test_a_played_turn_whose_gradient_is_not_finite_changes_nothing_and_is_a_fault(
    make_session: SessionMaker, start: Moment, lookahead: bool
) -> None:
    class Poisoned(BalancingStrategy):
        def play(self, game: Game) -> bool:
            role = Role.DISCRIMINATOR
            gradients = [gradient * torch.nan for gradient in game.gradients(role, game.loss(role))]
            game.apply(role, gradients, lookahead=lookahead)
            return True

    session = make_session(strategies={"poisoned": Poisoned()})
    before = weights(session.step.discriminator.network)
    turn = session.step(start)
    words = "in the look ahead, " if lookahead else ""
    assert [(fault.role, fault.reason) for fault in turn.faults] == [
        (Role.DISCRIMINATOR, f"{words}a gradient is not finite")
    ]
    assert equal(before, weights(session.step.discriminator.network)), "weights or BatchNorm's buffers moved"


def test_in_float64_the_step_is_the_textbooks(make_session: SessionMaker, start: Moment) -> None:
    """The losses of the loop everyone copies, from the same weights, batches and latents, over 20 steps."""
    step = make_session().step
    step.average.network.double()
    for network in (step.generator.network, step.discriminator.network):
        network.double().register_forward_pre_hook(_inputs_to_double)
    generator, discriminator = (
        copy.deepcopy(step.generator.network),
        copy.deepcopy(step.discriminator.network),
    )
    optimizers = [
        torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.0, 0.99)) for network in (generator, discriminator)
    ]
    criterion = nn.BCEWithLogitsLoss()
    moment, whole = start, Part(0, 8, 8)
    for _ in range(20):
        discriminator.zero_grad()
        output = discriminator(step.reals.take(moment.images, 8).images).logits
        error_real = criterion(output, torch.ones_like(output))
        error_real.backward()
        draws = step.dealer(moment).draws(whole, "discriminator", 0, "latents")
        fake = generator(draws.normal(generator.latent_dim))
        output = discriminator(fake.detach()).logits
        error_fake = criterion(output, torch.zeros_like(output))
        error_fake.backward()
        optimizers[1].step()
        generator.zero_grad()
        output = discriminator(fake).logits
        error_generator = criterion(output, torch.ones_like(output))
        error_generator.backward()
        optimizers[0].step()
        turn = step(moment)
        values = dict(turn.values)
        assert float(values["loss_discriminator"]) == pytest.approx(float((error_real + error_fake).detach()), abs=1e-8)
        assert float(values["loss_generator"]) == pytest.approx(float(error_generator.detach()), abs=1e-8)
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)


def _inputs_to_double(_: nn.Module, inputs: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(value.double() if isinstance(value, Tensor) else value for value in inputs)


def test_fused_and_plain_optimisers_agree_under_double_backward(make_session: SessionMaker, start: Moment) -> None:
    """Gradients of a double backward come in another memory order, which a fused optimiser would not notice."""
    results = []
    for fused in (True, False):
        session = make_session(balance=["r1r2"])
        player = session.step.discriminator
        for group in player.optimizer.param_groups:
            group["fused"] = fused
        play(session, start, 2)
        results.append(weights(player.network))
    for name, value in results[0].items():
        assert torch.allclose(value, results[1][name], atol=1e-5), name


def test_d_is_not_gated_in_a_turn_in_which_g_has_no_update(make_session: SessionMaker, start: Moment) -> None:
    class OnlyD(BalancingStrategy):
        def plan(self, moment: Moment) -> Plan:
            return Plan(1, 0)

    session = make_session(strategies={"only-d": OnlyD(), "no": Refuses(Role.DISCRIMINATOR)})
    before = weights(session.step.discriminator.network)
    assert session.step(start).refusals == []
    assert not equal(before, weights(session.step.discriminator.network))
