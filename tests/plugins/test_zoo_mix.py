"""Any generator with any discriminator of the same size; what cannot fit is said before training."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from zoo_under_test import BATCH, ready, small_settings, write_few_images

from ganzoo.contracts import Moment
from ganzoo.errors import UsageError


@pytest.fixture(scope="module")
def few_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_few_images(tmp_path_factory.mktemp("few"))


@pytest.mark.parametrize(
    ("recipe", "generator", "discriminator", "loss"),
    [
        ("r3gan", "r3gan", "sngan", "hinge"),
        ("r3gan", "stylegan2", "r3gan", "relativistic"),
        ("stylegan2", "sngan", "stylegan2", "non-saturating"),
        ("sngan", "fastgan", "sngan", "hinge"),
        ("fastgan", "r3gan", "fastgan", "hinge"),
        ("wgan-gp", "sagan", "r3gan", "wasserstein"),
        ("lsgan", "stylegan2", "dcgan", "least-squares"),
    ],
)
def test_networks_of_different_architectures_play_together(
    recipe: str, generator: str, discriminator: str, loss: str, few_images: Path
) -> None:
    settings = small_settings(recipe, generator=generator, discriminator=discriminator)
    step = ready(few_images, recipe, {**settings, "loss.kind": loss}).step
    players = (step.generator, step.discriminator)
    before = [[p.detach().clone() for p in player.parameters] for player in players]
    assert not step(Moment(0, 0, BATCH, 24)).faults
    for player, old in zip(players, before, strict=True):
        assert any(not torch.equal(p, was) for p, was in zip(player.parameters, old, strict=True))


@pytest.mark.parametrize(
    ("generator", "discriminator", "others", "message"),
    [
        ("fastgan", "dcgan", {"data.labels": True}, "fastgan makes no use of labels"),
        ("dcgan", "fastgan", {"data.image_size": 16}, "fastgan cannot work at 16 px"),
        ("sagan", "sngan", {"generator.attention_size": 64}, "no stage of the generator"),
        ("dcgan", "stylegan2", {"training.batch_size": 10}, "judges 4 images together, and a batch of 10"),
    ],
)
def test_what_cannot_fit_is_said_before_training(
    generator: str, discriminator: str, others: dict[str, object], message: str, few_images: Path
) -> None:
    settings = small_settings("dcgan", generator=generator, discriminator=discriminator)
    with pytest.raises(UsageError, match=message):
        ready(few_images, "dcgan", {**settings, **others})
