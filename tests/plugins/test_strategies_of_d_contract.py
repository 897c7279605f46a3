"""What changes D, what it sees or learns from: unusual settings, configs, and three steps of a tiny run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Moment, Schedule
from ganzoo.plugin import BalancingSpec, StrategyConfig
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind, Offer, Plugin, Status, load_plugins
from ganzoo.testing import check_strategy
from ganzoo.training.session import Session, build_session
from ganzoo_balance import (
    ada,
    diff_augment,
    dragan,
    feature_matching,
    freeze_d,
    gradient_normalisation,
    gradient_penalty,
    instance_noise,
    label_flip,
    label_smoothing,
    lecam,
    r1,
    r1r2,
    r2,
    replay,
    spectral_norm,
    top_k,
)

Spec = BalancingSpec[Any]  # Any: each strategy has its own config class
SPECS: dict[str, Spec] = {
    module.SPEC.name: module.SPEC
    for module in (
        ada,
        diff_augment,
        dragan,
        feature_matching,
        freeze_d,
        gradient_normalisation,
        gradient_penalty,
        instance_noise,
        label_flip,
        label_smoothing,
        lecam,
        r1,
        r1r2,
        r2,
        replay,
        spectral_norm,
        top_k,
    )
}
FALLING = Schedule(start=2.0, end=0.2, until_kimg=1)
INTERESTING: list[StrategyConfig] = [
    ada.AdaConfig(kimg=0.05, every=1, target=-0.5),
    ada.AdaConfig(kimg=0.05, every=1, target=-0.5, pipe="b"),
    diff_augment.DiffAugmentConfig(colour=0, translation=0, cutout=0),
    diff_augment.DiffAugmentConfig(colour=0.3, translation=0.9, cutout=1),
    dragan.DraganConfig(radius=2, every=4),
    feature_matching.FeatureMatchingConfig(weight=0.01, every=2),
    freeze_d.FreezeDConfig(blocks=0),
    gradient_penalty.GradientPenaltyConfig(every=2, weight=FALLING),
    instance_noise.InstanceNoiseConfig(std=FALLING),
    instance_noise.InstanceNoiseConfig(std=0.5, kimg=0.1),
    label_flip.LabelFlipConfig(share=0.5),
    label_smoothing.LabelSmoothingConfig(real=0.8, fake=0.1),
    lecam.LeCamConfig(decay=0, every=3),
    r1.R1Config(gamma=FALLING, every=16),
    r1r2.R1R2Config(gamma=FALLING, every=2),
    replay.ReplayConfig(size=4, share=1),
    spectral_norm.SpectralNormConfig(generator=True, power_iterations=3),
    top_k.TopKConfig(decay=0.1, least=0.1),
]
CONFIGS = [*(spec.config() for spec in SPECS.values()), *INTERESTING]


def spec_of(config: StrategyConfig) -> Spec:
    return next(spec for spec in SPECS.values() if spec.config is type(config))


@pytest.mark.parametrize("config", INTERESTING, ids=repr)
def test_other_settings_than_the_defaults_keep_the_contract_too(config: StrategyConfig) -> None:
    check_strategy(spec_of(config), config)


@pytest.mark.parametrize("config", CONFIGS, ids=repr)
def test_its_config_written_down_and_read_again_is_the_same(config: StrategyConfig) -> None:
    assert type(config)(**config.model_dump(mode="json")) == config


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("r1", {"gamma": -1}),
        ("r2", {"every": 0}),
        ("r1r2", {"gamma": float("nan")}),
        ("gradient-penalty", {"weight": "strong"}),
        ("dragan", {"radius": 0}),
        ("lecam", {"decay": 1}),
        ("label-smoothing", {"real": 0.5}),
        ("label-smoothing", {"fake": 0.5}),
        ("label-flip", {"share": 0.6}),
        ("instance-noise", {"std": FALLING, "kimg": 3}),
        ("instance-noise", {"std": -0.1}),
        ("diff-augment", {"translation": 1}),
        ("ada", {"pipe": "bgcf"}),
        ("ada", {"target": 1}),
        ("spectral-norm", {"power_iterations": 0}),
        ("freeze-d", {"blocks": -1}),
        ("gradient-normalisation", {"weight": 1}),
        ("replay", {"size": 0}),
        ("top-k", {"least": 0}),
    ],
)
def test_settings_out_of_range_are_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SPECS[name].config(**settings)


# In a run

SMALL = ("data.image_size=16", "training.batch_size=8", "samples.count=4")
SessionMaker = Callable[..., Session]


@pytest.fixture(scope="module")
def parts() -> Catalogue:
    """What is installed, and these strategies where they are not registered yet."""
    installed = load_plugins()
    known = {offer.spec.name for plugin in installed for offer in plugin.offers if offer.kind is Kind.BALANCE}
    offers = tuple(Offer(Kind.BALANCE, spec, "test") for name, spec in SPECS.items() if name not in known)
    return Catalogue((*installed, Plugin("test", "test", "test", "0", Status.LOADED, offers=offers)))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    for index in range(24):
        pixels = random.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:02d}.png")
    return folder


@pytest.fixture
def make_session(parts: Catalogue, photos: Path) -> SessionMaker:
    """Builds a session of a tiny DCGAN with these strategies, the way a run does."""
    torch.set_num_threads(1)

    def make(strategies: Mapping[str, StrategyConfig], *settings: str) -> Session:
        request = Request(recipe="dcgan", preset="try", data=str(photos), settings=(*SMALL, *settings))
        config = compose(request, parts)
        evaluation = config.evaluation.model_copy(update={"metrics": {}})
        config = config.model_copy(update={"balance": dict(strategies), "evaluation": evaluation})
        return build_session(config, parts)

    return make


def play(session: Session, steps: int) -> list[float]:
    """Both losses and the gradients' norms of every step; fails where an update was dropped."""
    moment = Moment(step=0, images=0, batch_size=8, dataset_size=24)
    numbers = []
    for _ in range(steps):
        turn = session.step(moment)
        assert not turn.faults
        numbers += [float(value) for _, value in turn.values]
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)
    return numbers


def weights(session: Session) -> dict[str, torch.Tensor]:
    step = session.step
    players = {"g": step.generator.network, "d": step.discriminator.network, "average": step.average.network}
    return {f"{p}.{name}": value.clone() for p, net in players.items() for name, value in net.state_dict().items()}


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("config", CONFIGS, ids=repr)
def test_three_steps_are_finite_and_move_both_networks(
    make_session: SessionMaker, config: StrategyConfig, precision: str
) -> None:
    session = make_session({spec_of(config).name: config}, f"training.precision={precision}")
    before = weights(session)
    assert np.isfinite(play(session, 3)).all()
    after = weights(session)
    assert all(value.isfinite().all() for value in after.values())
    for player in ("g.", "d.", "average."):
        assert any(not torch.equal(before[name], after[name]) for name in before if name.startswith(player))


@pytest.mark.parametrize("name", SPECS)
def test_the_same_run_twice_is_the_same_bit_for_bit(make_session: SessionMaker, name: str) -> None:
    runs = [make_session({name: SPECS[name].config()}, "training.precision=fp32") for _ in range(2)]
    assert play(runs[0], 3) == play(runs[1], 3)
    first, second = (weights(run) for run in runs)
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_they_compose(make_session: SessionMaker) -> None:
    alone = {"r1", "r2", "ada"}  # r1r2 has the first two; ada is a second augmentation
    together = [name for name in SPECS if name not in alone]
    together.remove("label-flip")
    together.append("label-flip")  # after the smoothing
    session = make_session(
        {name: SPECS[name].config() for name in together}, "discriminator.norm=none", "training.precision=fp32"
    )
    assert np.isfinite(play(session, 3)).all()


@pytest.mark.parametrize("penalty", ["r1r2", "gradient-penalty"])
def test_penalties_go_through_adas_changes(make_session: SessionMaker, penalty: str) -> None:
    strategies = {"ada": ada.AdaConfig(kimg=0.008, every=1, target=-0.9), penalty: SPECS[penalty].config()}
    session = make_session(strategies, "training.precision=fp32")
    assert np.isfinite(play(session, 3)).all()
    changing = session.step.balance.strategies["ada"]
    assert isinstance(changing, ada.AdaptiveAugmentation)
    assert changing.p > 0


NEUTRAL: dict[str, StrategyConfig] = {
    "lecam": lecam.LeCamConfig(weight=0),
    "feature-matching": feature_matching.FeatureMatchingConfig(weight=0),
    "label-smoothing": label_smoothing.LabelSmoothingConfig(real=1),
    "label-flip": label_flip.LabelFlipConfig(share=0),
    "instance-noise": instance_noise.InstanceNoiseConfig(std=0),
    "diff-augment": diff_augment.DiffAugmentConfig(colour=0, translation=0, cutout=0),
    "ada": ada.AdaConfig(target=0.999),
    "freeze-d": freeze_d.FreezeDConfig(blocks=0),
    "replay": replay.ReplayConfig(share=0),
    "top-k": top_k.TopKConfig(decay=1),
}


@pytest.mark.parametrize("name", NEUTRAL)
def test_at_strength_zero_it_changes_no_bit_of_training(make_session: SessionMaker, name: str) -> None:
    # batch norm off: G's turn then asks for reals without their changing D's statistics
    settings = ("training.precision=fp32", "discriminator.norm=none")
    plain, neutral = make_session({}, *settings), make_session({name: NEUTRAL[name]}, *settings)
    play(plain, 3)
    play(neutral, 3)
    first, second = weights(plain), weights(neutral)
    assert all(torch.equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize("name", ["ada", "lecam", "replay", "top-k", "spectral-norm"])
def test_a_run_resumed_from_its_state_goes_on_bit_for_bit(make_session: SessionMaker, name: str) -> None:
    settings = {"ada": ada.AdaConfig(kimg=0.02, every=2, target=-0.9), "replay": replay.ReplayConfig(size=12)}
    config = settings.get(name, SPECS[name].config())
    whole, halved, resumed = (make_session({name: config}, "training.precision=fp32") for _ in range(3))
    play(whole, 4)
    play(halved, 2)
    for role in ("generator", "discriminator"):
        of, to = getattr(halved.step, role), getattr(resumed.step, role)
        to.network.load_state_dict(of.network.state_dict())
        to.load_optimizer_state(of.optimizer_state())
    resumed.step.average.network.load_state_dict(halved.step.average.network.state_dict())
    resumed.step.average.updates = halved.step.average.updates
    state: Any = halved.step.balance.state_dict()  # Any: as a checkpoint gives it back
    resumed.step.balance.load_state_dict(state)
    moment = Moment(step=2, images=16, batch_size=8, dataset_size=24)
    for _ in range(2):
        turn = resumed.step(moment)
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)
    first, second = weights(whole), weights(resumed)
    assert all(torch.equal(first[key], second[key]) for key in first)
