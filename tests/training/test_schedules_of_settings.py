"""Settings that move with the images seen: rates, weights, betas of Adam, the average's half-life."""

import pytest
import torch
from pydantic import ValidationError

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import TrainingSection
from ganzoo.config.writing import to_toml
from ganzoo.contracts import Role
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.ema import averaging
from ganzoo.training.player import Player
from ganzoo_optimizers import adam, adamw
from ganzoo_optimizers.adam import AdamConfig

RISING = {"start": 0.9, "end": 0.99, "until_kimg": 10.0, "shape": "linear"}


@pytest.mark.parametrize("spec", [adam.SPEC, adamw.SPEC], ids=lambda spec: spec.name)
def test_a_scheduled_beta_follows_the_images_seen(spec) -> None:
    config = spec.config(betas=[0.0, RISING])
    network = torch.nn.Linear(2, 2)
    optimizer = spec.build(config, list(network.parameters()), 1e-3)
    player = Player(Role.GENERATOR, network, optimizer, 1e-3, lambda kimg: spec.moving(config, kimg))
    for kimg, expected in ((0, 0.9), (5, 0.945), (10, 0.99), (50, 0.99)):
        player.set_rate(kimg, factor=0.5)
        (group,) = optimizer.param_groups
        assert group["betas"] == (0.0, pytest.approx(expected))
        assert group["lr"] == 5e-4


def test_a_beta_that_reaches_one_is_refused_at_either_end_of_its_schedule() -> None:
    for end in ("start", "end"):
        with pytest.raises(ValidationError, match="a beta lies in"):
            AdamConfig(betas=[0.0, {**RISING, end: 1.0}])


@pytest.mark.parametrize(
    "value", ["-1", "{start = -1.0, end = 1.0, until_kimg = 9.0}", "{start = 1.0, end = -1.0, until_kimg = 9.0}"]
)
@pytest.mark.parametrize(
    "setting",
    [
        "optimizers.discriminator.learning_rate",
        "balance.r1.gamma",
        "balance.instance-noise.std",
        "training.ema_half_life_kimg",
    ],
)
def test_what_must_not_be_negative_is_refused_at_either_end_of_its_schedule_too(setting: str, value: str) -> None:
    request = Request(recipe="dcgan", balance=["r1", "instance-noise"], settings=[f"{setting}={value}"])
    with pytest.raises(UsageError, match=rf"{setting} \(from --set\): .*\b0\b") as caught:
        compose(request, catalogue())
    assert caught.value.hint == "", "one line is enough"


def test_what_is_wrong_with_a_scheduled_beta_is_said_in_one_line() -> None:
    request = Request(recipe="dcgan", settings=["optimizers.generator.betas=[0, {start = 0, end = 1, until_kimg = 9}]"])
    with pytest.raises(UsageError, match=r"betas\.1 \(from --set\): a beta lies in") as caught:
        compose(request, catalogue())
    assert caught.value.hint == ""


def test_a_half_life_is_the_images_after_which_weights_count_half() -> None:
    beta = averaging(TrainingSection(epochs=1, batch_size=50, ema_half_life_kimg=10.0))(0.0)
    assert beta ** (10_000 / 50) == pytest.approx(0.5)


def test_a_half_life_of_zero_is_the_generator_itself_and_none_leaves_it_to_the_beta() -> None:
    assert averaging(TrainingSection(epochs=1, ema_half_life_kimg=0.0))(3.0) == 0.0
    assert averaging(TrainingSection(epochs=1, ema_beta=0.7))(3.0) == 0.7


def test_a_half_life_may_follow_a_schedule() -> None:
    rising = {"start": 0.0, "end": 2.0, "until_kimg": 10.0, "shape": "linear"}
    beta = averaging(TrainingSection(epochs=1, batch_size=100, ema_half_life_kimg=rising))
    assert beta(0.0) == 0.0
    assert beta(5.0) == pytest.approx(0.5 ** (100 / 1000))
    assert beta(20.0) == pytest.approx(0.5 ** (100 / 2000))


def test_a_configuration_with_schedules_in_lists_repeats_itself(tmp_path) -> None:
    config = compose(Request(recipe="r3gan", preset="tiny"), catalogue())
    file = tmp_path / "run.toml"
    file.write_text(to_toml(config))
    assert compose(Request(config=file), catalogue()) == config
