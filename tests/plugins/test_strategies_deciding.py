"""What the gates, plans and controllers decide."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.contracts import BalancingStrategy, Moment, Observation, Origin, Plan, Role
from ganzoo_balance.adaptive_ratio import AdaptiveRatio, AdaptiveRatioConfig
from ganzoo_balance.d_skip import DiscriminatorSkip, DiscriminatorSkipConfig
from ganzoo_balance.g_boost import GeneratorBoost, GeneratorBoostConfig, extra_updates
from ganzoo_balance.loss_control import LossControl, LossControlConfig, next_k
from ganzoo_balance.lr_control import LearningRateControl, LearningRateControlConfig

D, G = Role.DISCRIMINATOR, Role.GENERATOR
VAE_GAN = DiscriminatorSkipConfig(measure="loss", threshold=0.68, band=0.35)
LOSS = st.floats(0, 3, width=32)


def moment(step: int = 0) -> Moment:
    return Moment(step=step, images=step * 64, batch_size=64, dataset_size=4096)


def seen(role: Role = D, step: int = 0, **values: float) -> Observation:
    return Observation(role, moment(step), {name: torch.tensor(value) for name, value in values.items()})


def allowed(strategy: BalancingStrategy, observation: Observation) -> tuple[bool, bool]:
    """Whether D and G may learn after D's forward showed this."""
    strategy.observe(observation)
    return strategy.allow_update(D, observation).allowed, strategy.allow_update(G, observation).allowed


# d-skip with a band, and by the logit gap


@given(LOSS, LOSS)
def test_the_margins_of_vae_gan_turn_off_d_below_and_g_above_and_never_both(real: float, fake: float) -> None:
    answers = allowed(DiscriminatorSkip(VAE_GAN), seen(loss_real=real, loss_fake=fake))
    d_off, g_off = min(real, fake) < 0.68 - 0.35, max(real, fake) > 0.68 + 0.35
    assert answers == ((True, True) if d_off and g_off else (not d_off, not g_off))


@given(st.floats(0, 1, width=32), st.sampled_from(["accuracy", "logit-gap"]))
def test_a_band_leaves_out_d_beyond_it_g_short_of_it_and_none_inside(value: float, measure: str) -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(measure=measure, threshold=0.75, band=0.125))
    answers = allowed(strategy, seen(accuracy=value, logit_real=value, logit_fake=0.0))
    assert answers == (value <= 0.875, value >= 0.625)


@given(st.lists(st.tuples(LOSS, LOSS), min_size=1, max_size=20), st.floats(0, 0.99), st.integers(0, 3))
def test_a_band_never_turns_both_off_whatever_the_history(
    losses: list[tuple[float, float]], smoothing: float, patience: int
) -> None:
    config = VAE_GAN.model_copy(update={"smoothing": smoothing, "patience": patience})
    strategy = DiscriminatorSkip(config)
    for real, fake in losses:
        assert any(allowed(strategy, seen(loss_real=real, loss_fake=fake)))


def test_without_a_band_the_gap_gates_d_alone() -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(measure="logit-gap", threshold=3))
    gaps = (2.0, 3.5, -8.0)
    assert [allowed(strategy, seen(logit_real=gap, logit_fake=0.0)) for gap in gaps] == [
        (True, True),
        (False, True),
        (True, True),
    ]


def test_a_refusal_with_a_band_names_the_edge_that_was_crossed() -> None:
    strategy = DiscriminatorSkip(VAE_GAN)
    ahead, behind = seen(loss_real=0.25, loss_fake=0.5), seen(loss_real=0.5, loss_fake=1.5)
    strategy.observe(ahead)
    assert strategy.allow_update(D, ahead).reason == "D loss 0.250 < 0.33, 1 in a row"
    strategy.observe(behind)
    assert strategy.allow_update(G, behind).reason == "D loss 1.500 > 1.03, 1 in a row"


def test_a_refusal_of_g_by_accuracy_reads_the_other_way_round() -> None:
    strategy = DiscriminatorSkip(DiscriminatorSkipConfig(threshold=0.75, band=0.125))
    behind = seen(accuracy=0.5)
    strategy.observe(behind)
    assert strategy.allow_update(G, behind).reason == "D accuracy 0.500 < 0.625, 1 in a row"


# g-boost


@given(st.floats(0, 1), st.floats(0.01, 0.99), st.integers(1, 20))
def test_gs_extra_updates_begin_above_the_threshold_rise_with_accuracy_and_are_bounded(
    accuracy: float, threshold: float, at_most: int
) -> None:
    extra = extra_updates(accuracy, threshold, at_most)
    assert 0 <= extra <= at_most
    assert (extra > 0) == (accuracy > threshold)
    assert extra <= extra_updates(min(1.0, accuracy + 0.1), threshold, at_most)


def test_g_is_boosted_in_the_step_after_d_was_ahead_and_d_keeps_its_one_update() -> None:
    strategy = GeneratorBoost(GeneratorBoostConfig(threshold=0.75, at_most=2, smoothing=0))
    plans = [strategy.plan(moment())]
    for accuracy in (0.75, 0.8, 1.0, math.nan, 0.5):
        strategy.observe(seen(accuracy=accuracy))
        plans.append(strategy.plan(moment()))
    assert plans == [Plan(1, 1), Plan(1, 1), Plan(1, 2), Plan(1, 3), Plan(1, 3), Plan(1, 1)]


# adaptive-ratio


def played(strategy: AdaptiveRatio, losses: dict[Role, list[float]], steps: int) -> list[Plan]:
    """The plans of some steps; each forward of a role shows its next loss."""
    plans = []
    for step in range(steps):
        plan = strategy.plan(moment(step))
        plans.append(plan)
        for role, updates in ((D, plan.discriminator_updates), (G, plan.generator_updates)):
            for _ in range(updates):
                strategy.observe(seen(role, step, loss=losses[role].pop(0)))
    return plans


def test_the_network_whose_loss_moves_more_learns_after_two_steps_of_both() -> None:
    moving, resting = [1.0 * 1.5**n for n in range(20)], [1.0 * 1.01**n for n in range(20)]
    assert played(AdaptiveRatio(AdaptiveRatioConfig()), {D: moving[:], G: resting[:]}, 5) == [
        *[Plan(1, 1)] * 2,
        *[Plan(1, 0)] * 3,
    ]
    assert played(AdaptiveRatio(AdaptiveRatioConfig()), {D: resting[:], G: moving[:]}, 5) == [
        *[Plan(1, 1)] * 2,
        *[Plan(0, 1)] * 3,
    ]


@pytest.mark.parametrize("at_most", [1, 3])
@pytest.mark.parametrize("mover", Role)
def test_no_network_rests_for_more_than_so_many_steps(at_most: int, mover: Role) -> None:
    losses = {role: [(1.5 if role is mover else 1.0) ** n for n in range(40)] for role in Role}
    plans = played(AdaptiveRatio(AdaptiveRatioConfig(at_most=at_most)), losses, 2 + 3 * (at_most + 1))
    alone = Plan(1, 0) if mover is D else Plan(0, 1)
    assert plans == [Plan(1, 1), *([Plan(1, 1), *[alone] * at_most] * 3), Plan(1, 1)]


@given(st.floats(0.01, 100), st.floats(0.001, 10), st.floats(0.001, 10))
def test_the_coefficient_weighs_gs_change(coefficient: float, of_d: float, of_g: float) -> None:
    strategy = AdaptiveRatio(AdaptiveRatioConfig(coefficient=coefficient))
    strategy.changes = {D: of_d, G: of_g}
    assert strategy.plan(moment()) == (Plan(1, 0) if of_d > coefficient * of_g else Plan(0, 1))


# lr-control


def steered(config: LearningRateControlConfig, steps: int, balance: float = 0.2) -> tuple[list[float], list[float]]:
    """A discriminator whose skill grows with its rate and shrinks as G learns: accuracies and factors."""
    strategy, skill = LearningRateControl(config), 0.0
    accuracies, factors = [], []
    for step in range(steps):
        factor = strategy.rate(D, moment(step))
        skill += 0.05 * (factor - balance)
        accuracy = 1 / (1 + math.exp(-skill))
        strategy.observe(seen(accuracy=accuracy))
        accuracies.append(accuracy)
        factors.append(factor)
    return accuracies, factors


@pytest.mark.parametrize("set_point", [0.65, 0.8, 0.9])
def test_a_simulated_accuracy_settles_at_the_set_point(set_point: float) -> None:
    accuracies, factors = steered(LearningRateControlConfig(accuracy=set_point), 3000)
    assert accuracies[-500:] == pytest.approx([set_point] * 500, abs=0.01)
    assert factors[-1] == pytest.approx(0.2, rel=0.05)


@given(st.lists(st.floats(0, 1), max_size=200), st.booleans())
def test_its_factors_stay_within_their_limits_and_are_neutral_for_g_unless_mirrored(
    accuracies: list[float], mirror: bool
) -> None:
    config = LearningRateControlConfig(at_least=0.1, at_most=2.0, mirror=mirror, integral=0.5)
    strategy = LearningRateControl(config)
    for accuracy in accuracies:
        strategy.observe(seen(accuracy=accuracy))
        factor = strategy.rate(D, moment())
        assert 0.1 * 0.999 <= factor <= 2.0 * 1.001
        assert strategy.rate(G, moment()) == (pytest.approx(1 / factor) if mirror else 1.0)


@pytest.mark.parametrize("stuck", [0.5, 1.0])
def test_it_does_not_wind_up_while_a_limit_holds_it(stuck: float) -> None:
    config = LearningRateControlConfig(accuracy=0.75, smoothing=0)
    long, short = LearningRateControl(config), LearningRateControl(config)
    for strategy, stuck_for in ((long, 100_000 // 10), (short, 2_000)):
        for _ in range(stuck_for):
            strategy.observe(seen(accuracy=stuck))
    limit = 1.0 if stuck < 0.75 else 0.01
    assert long.rate(D, moment()) == short.rate(D, moment()) == pytest.approx(limit, rel=0.05)
    for strategy in (long, short):  # the error turns, and with it the factor, at once
        strategy.observe(seen(accuracy=1.5 - stuck))
    turned = long.rate(D, moment())
    assert turned == short.rate(D, moment())
    assert turned < 0.7 if stuck < 0.75 else turned > 0.02


def test_a_batch_that_is_not_a_number_moves_no_controller() -> None:
    control, k = LearningRateControl(LearningRateControlConfig()), LossControl(LossControlConfig())
    for strategy, shown in (
        (control, [seen(accuracy=math.nan)]),
        (k, [seen(loss_real=math.nan), seen(loss_real=0.1), seen(G, loss=math.nan)]),
    ):
        for observation in shown:
            strategy.observe(observation)
    assert control.rate(D, moment()) == 1.0
    assert k.k == 1.0


# loss-control


@given(st.floats(0, 1), st.floats(0, 10), st.floats(0, 10), st.floats(0.1, 5), st.floats(0.001, 1))
def test_k_stays_in_its_range_and_falls_exactly_while_gs_loss_is_above_gamma_times_ds_on_reals(
    k: float, loss_real: float, loss_generator: float, gamma: float, gain: float
) -> None:
    after = next_k(k, loss_real, loss_generator, gamma, gain)
    assert 0 <= after <= 1
    assert (after - k) * (gamma * loss_real - loss_generator) >= 0


def test_k_weighs_ds_fakes_alone_and_moves_once_an_update_of_g() -> None:
    strategy = LossControl(LossControlConfig(gamma=2.0, gain=0.1))
    logits = torch.zeros(4)
    strategy.observe(seen(loss_real=0.5, loss_fake=0.0))
    assert strategy.k == 1.0
    strategy.observe(seen(G, loss=3.0))
    assert strategy.k == pytest.approx(1.0 + 0.1 * (2.0 * 0.5 - 3.0))
    weights = {(origin, role): strategy.weights(logits, origin, role) for origin in Origin for role in Role}
    assert weights.pop((Origin.FAKE, D)) == strategy.k
    assert set(weights.values()) == {1.0}
