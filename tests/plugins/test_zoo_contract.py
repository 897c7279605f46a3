"""Every architecture there is keeps the contract, trains, and says what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from zoo_under_test import BATCH, NARROW, ready, small_settings, write_few_images

import ganzoo
from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.contracts import ImageShape, Moment
from ganzoo.plugin import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import check_discriminator, check_generator

ZOO = [
    "acgan",
    "cgan-projection",
    "dcgan",
    "fastgan",
    "lsgan",
    "r3gan",
    "sagan",
    "sngan",
    "stylegan2",
    "wgan",
    "wgan-gp",
]
NETWORKS = ["acgan", "dcgan", "fastgan", "r3gan", "sagan", "sngan", "stylegan2"]


def narrow(config: type[Any]) -> Any:
    return config(**{name: value for name, value in NARROW.items() if name in config.model_fields})


def composed(recipe: str, preset: str | None = None) -> RunConfig:
    return compose(Request(recipe=recipe, preset=preset), catalogue())


@pytest.fixture(scope="module")
def few_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_few_images(tmp_path_factory.mktemp("few"))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_generator_keeps_the_contract(name: str) -> None:
    spec = catalogue().find(Kind.GENERATOR, name)
    check_generator(spec, narrow(spec.config), sizes=(32,))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_discriminator_keeps_the_contract(name: str) -> None:
    spec = catalogue().find(Kind.DISCRIMINATOR, name)
    check_discriminator(spec, narrow(spec.config), sizes=(32,))


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_that_learns_comes_before_a_frozen_block(name: str) -> None:
    spec = catalogue().find(Kind.DISCRIMINATOR, name)
    shape = ImageShape(32, 3, num_classes=2 if name == "acgan" else None)
    network, learns = spec.build(narrow(spec.config), shape), []
    for block in network.blocks():
        block.requires_grad_(False)
        for part in block if isinstance(block, nn.ModuleList) else [block]:
            part.register_forward_hook(lambda part, given, made: learns.append(made.requires_grad))
        learns.clear()
        network(torch.zeros(4, 3, 32, 32), None if shape.num_classes is None else torch.zeros(4, dtype=torch.int64))
        assert learns
        assert not any(learns)
    assert any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("size", [16, 64, 128])
@pytest.mark.parametrize("name", NETWORKS)
def test_images_of_every_power_of_two_are_made_and_judged_or_refused_with_the_nearest(name: str, size: int) -> None:
    shape = ImageShape(size, 4)
    generator, discriminator = (catalogue().find(kind, name) for kind in (Kind.GENERATOR, Kind.DISCRIMINATOR))
    try:
        images = generator.build(narrow(generator.config), shape).eval()(torch.randn(4, 8))
        logits = discriminator.build(narrow(discriminator.config), shape).eval()(images).logits
    except UsageError as error:
        assert "--image-size" in error.hint
    else:
        assert images.shape == (4, 4, size, size)
        assert len(logits) == 4


@pytest.mark.parametrize("name", NETWORKS)
def test_a_size_that_is_no_power_of_two_is_refused_with_the_nearest(name: str) -> None:
    for kind in (Kind.GENERATOR, Kind.DISCRIMINATOR):
        spec = catalogue().find(kind, name)
        with pytest.raises(UsageError, match=f"{name} cannot work at 48 px") as caught:
            spec.build(narrow(spec.config), ImageShape(48, 3))
        assert "--image-size 64" in caught.value.hint


@pytest.mark.parametrize("name", ZOO)
def test_every_recipe_has_three_presets_that_compose(name: str) -> None:
    for preset in (None, "tiny", "small", "paper"):
        config = composed(name, preset)
        assert config.generator.settings.model_fields_set
    paper = composed(name, "paper").training
    assert paper.batch_size >= 8
    assert composed(name, "tiny").data.image_size == 32
    assert (composed(name, "tiny").training.epochs, composed(name, "small").training.epochs) == (12, 100)


@pytest.mark.parametrize("preset", [None, "tiny", "small", "paper"])
def test_the_critic_of_wgan_gp_judges_each_image_by_itself_as_its_penalty_assumes(preset: str | None) -> None:
    """No norm over the batch (Gulrajani et al. 2017, section 4), and no spectral norm beside the penalty."""
    config = composed("wgan-gp", preset)
    chosen = catalogue().find(Kind.DISCRIMINATOR, config.discriminator.kind)
    small = {name: value for name, value in NARROW.items() if name in chosen.config.model_fields}
    critic = chosen.build(config.discriminator.settings.model_copy(update=small), ImageShape(32, 3)).train()
    assert not any(isinstance(module, nn.BatchNorm2d | nn.InstanceNorm2d) for module in critic.modules())
    assert not any(nn.utils.parametrize.is_parametrized(module) for module in critic.modules())
    images = torch.randn(4, 3, 32, 32)
    alone = torch.cat([critic(image[None]).logits for image in images])
    torch.testing.assert_close(critic(images).logits, alone)


@pytest.mark.parametrize(("name", "images"), [("r3gan", 20_000_000), ("stylegan2", 25_000_000)])
def test_the_papers_length_is_a_number_of_images_whatever_data_it_is_given(name: str, images: int) -> None:
    paper = composed(name, "paper").training
    assert paper.epochs is None
    assert paper.steps is not None
    assert paper.steps * paper.batch_size == images


@pytest.mark.parametrize("name", ZOO)
def test_two_steps_of_every_recipe_with_its_method_move_both_networks(name: str, few_images: Path) -> None:
    step = ready(few_images, name, small_settings(name, "tiny"), preset="tiny").step
    before = [[p.detach().clone() for p in player.parameters] for player in (step.generator, step.discriminator)]
    for number in range(2):
        turn = step(Moment(number, number * BATCH, BATCH, 24))
        assert not turn.faults
    for player, old in zip((step.generator, step.discriminator), before, strict=True):
        assert any(not torch.equal(p, was) for p, was in zip(player.parameters, old, strict=True))


@pytest.mark.usefixtures("no_report")
def test_a_run_with_every_kind_of_schedule_goes_on_as_if_never_stopped(few_images: Path, tmp_path: Path) -> None:
    quiet = {"evaluation.every_kimg": "none", "evaluation.at_end": False, "samples.count": 4, "logging.tick_steps": 1}
    settings = {**small_settings("r3gan", "tiny"), **quiet, "checkpoints.every_kimg": 0.016}
    straight, halves = (
        ganzoo.run(
            "r3gan", preset="tiny", data=str(few_images), settings=settings, steps=steps, out=tmp_path / str(steps)
        )
        for steps in (4, 2)
    )
    resumed = ganzoo.resume(halves.path, steps=4)
    assert torch.equal(straight.sample(4), resumed.sample(4))
    last = [run.metrics[-1]["values"] for run in (straight, resumed)]
    assert last[0]["loss_discriminator"] == last[1]["loss_discriminator"]


def test_no_parameter_of_a_network_is_shared_between_the_two() -> None:
    for name in NETWORKS:
        networks: list[nn.Module] = []
        for kind in (Kind.GENERATOR, Kind.DISCRIMINATOR):
            spec = catalogue().find(kind, name)
            networks.append(spec.build(narrow(spec.config), ImageShape(32, 3)))
        generator, discriminator = ({id(p) for p in network.parameters()} for network in networks)
        assert not generator & discriminator
