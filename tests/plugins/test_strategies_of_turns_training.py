"""Each gate, plan, controller and whole turn in a real, tiny session: a few steps, finite and repeatable."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import BalancingStrategy, Moment, Plan, Role
from ganzoo.plugin import StrategyConfig
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.balance import Balance
from ganzoo.training.session import Session, build_session
from ganzoo_balance.adaptive_ratio import AdaptiveRatio, AdaptiveRatioConfig
from ganzoo_balance.consensus import Consensus, ConsensusConfig
from ganzoo_balance.d_skip import DiscriminatorSkip, DiscriminatorSkipConfig
from ganzoo_balance.extragradient import Extragradient, ExtragradientConfig
from ganzoo_balance.g_boost import GeneratorBoost, GeneratorBoostConfig
from ganzoo_balance.gradient_clip import GradientClip, GradientClipConfig
from ganzoo_balance.loss_control import LossControl, LossControlConfig
from ganzoo_balance.lr_control import LearningRateControl, LearningRateControlConfig
from ganzoo_balance.simultaneous import Simultaneous
from ganzoo_balance.unrolled import Unrolled, UnrolledConfig
from ganzoo_balance.weight_clip import WeightClip, WeightClipConfig

SMALL = ("data.image_size=16", "training.precision=fp32", "training.batch_size=8", "samples.count=4")
Build = Callable[[], BalancingStrategy]
SessionMaker = Callable[..., Session]


def builds(strategy: Callable[[StrategyConfig], BalancingStrategy], config: StrategyConfig) -> Build:
    return lambda: strategy(config)


BUILDS: dict[str, Build] = {
    "d-skip with a band": builds(DiscriminatorSkip, DiscriminatorSkipConfig(measure="loss", threshold=0.68, band=0.1)),
    "g-boost": builds(GeneratorBoost, GeneratorBoostConfig(threshold=0.3, smoothing=0)),
    "adaptive-ratio": builds(AdaptiveRatio, AdaptiveRatioConfig()),
    "lr-control": builds(LearningRateControl, LearningRateControlConfig(accuracy=0.6, mirror=True)),
    "loss-control": builds(LossControl, LossControlConfig(gain=0.1)),
    "gradient-clip": builds(GradientClip, GradientClipConfig(generator=0.1, discriminator=0.1)),
    "weight-clip": builds(WeightClip, WeightClipConfig()),
    "simultaneous": Simultaneous,
    "extragradient": builds(Extragradient, ExtragradientConfig()),
    "extragradient with a step of its own": builds(Extragradient, ExtragradientConfig(step_size=0.01)),
    "unrolled": builds(Unrolled, UnrolledConfig(steps=2)),
    "unrolled, first order": builds(Unrolled, UnrolledConfig(steps=2, through_steps=False)),
    "consensus": builds(Consensus, ConsensusConfig(gamma=0.1)),
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for index in range(40):
        Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{index:02d}.png")
    return folder


@pytest.fixture
def make_session(pictures: Path) -> SessionMaker:
    """A tiny DCGAN without metrics, balanced by one strategy."""

    def make(strategy: BalancingStrategy) -> Session:
        torch.set_num_threads(1)
        request = Request(recipe="dcgan", preset="try", data=str(pictures), settings=SMALL)
        config = compose(request, catalogue())
        config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
        session = build_session(config, catalogue())
        balance = Balance({"under-test": strategy})
        balance.start()
        object.__setattr__(session.step, "balance", balance)
        return session

    return make


def play(session: Session, first: int, count: int) -> int:
    """Some steps; the number of updates dropped because something was not finite."""
    faults = 0
    for step in range(first, first + count):
        turn = session.step(Moment(step=step, images=8 * step, batch_size=8, dataset_size=40))
        faults += len(turn.faults)
    return faults


def weights(session: Session) -> dict[str, torch.Tensor]:
    players = {"G": session.step.generator, "D": session.step.discriminator}
    return {
        f"{side}.{name}": value.clone()
        for side, player in players.items()
        for name, value in player.network.state_dict().items()
    }


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_three_steps_move_both_networks_and_stay_finite(build: Build, make_session: SessionMaker) -> None:
    session = make_session(build())
    before = weights(session)
    assert play(session, 0, 3) == 0
    after = weights(session)
    assert all(bool(value.isfinite().all()) for value in after.values())
    for side in "GD":
        assert any(not torch.equal(before[name], after[name]) for name in before if name.startswith(side))


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_two_runs_are_alike_to_the_bit(build: Build, make_session: SessionMaker) -> None:
    one, other = make_session(build()), make_session(build())
    play(one, 0, 2)
    play(other, 0, 2)
    first, second = weights(one), weights(other)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_ds_weights_are_in_the_box_after_real_steps(make_session: SessionMaker) -> None:
    session = make_session(WeightClip(WeightClipConfig(limit=0.01)))
    play(session, 0, 2)
    assert max(float(p.detach().abs().max()) for p in session.step.discriminator.parameters) <= 0.01


def test_a_limit_far_above_all_gradients_changes_no_bit(make_session: SessionMaker) -> None:
    clipped = make_session(GradientClip(GradientClipConfig(generator=1e9, discriminator=1e9)))
    plain = make_session(BalancingStrategy())
    play(clipped, 0, 2)
    play(plain, 0, 2)
    expected = weights(plain)
    assert all(torch.equal(value, expected[name]) for name, value in weights(clipped).items())


def test_the_rate_of_d_follows_the_controller(make_session: SessionMaker) -> None:
    strategy = LearningRateControl(LearningRateControlConfig(accuracy=0.51, smoothing=0, at_least=0.5))
    session = make_session(strategy)
    base = session.step.discriminator.rate
    play(session, 0, 3)
    now = Moment(step=3, images=24, batch_size=8, dataset_size=40)
    factor = strategy.rate(Role.DISCRIMINATOR, now)
    session.step(now)
    assert session.step.discriminator.rate == pytest.approx(base * factor)


def test_a_boosted_step_updates_g_more_often_than_d(make_session: SessionMaker) -> None:
    strategy = GeneratorBoost(GeneratorBoostConfig(threshold=0.01, at_most=2, smoothing=0))
    session = make_session(strategy)
    play(session, 0, 1)
    now = Moment(step=1, images=8, batch_size=8, dataset_size=40)
    planned = strategy.plan(now)
    assert planned in (Plan(1, 2), Plan(1, 3))
    assert session.step(now).planned == {Role.DISCRIMINATOR: 1, Role.GENERATOR: planned.generator_updates}


def test_a_step_of_g_alone_leaves_d_as_it_was(make_session: SessionMaker) -> None:
    strategy = AdaptiveRatio(AdaptiveRatioConfig())
    strategy.changes = {Role.DISCRIMINATOR: 0.0, Role.GENERATOR: 1.0}
    session = make_session(strategy)
    before = weights(session)
    play(session, 0, 1)
    after = weights(session)
    assert all(torch.equal(before[name], after[name]) for name in before if name.startswith("D"))
    assert any(not torch.equal(before[name], after[name]) for name in before if name.startswith("G"))
