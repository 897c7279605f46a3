import math

import pytest
import torch

import ganzoo_r3gan
from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.plugin import UsageError
from ganzoo_r3gan import R3GANDiscriminatorConfig, R3GANGeneratorConfig
from ganzoo_r3gan.layers import GAIN, ResidualBlock

(RECIPE,) = ganzoo_r3gan.ganzoo_architectures()


def generator(shape: ImageShape, **settings: object) -> Generator:
    return ganzoo_r3gan.ganzoo_generators()[0].build(R3GANGeneratorConfig(**settings), shape)


def discriminator(shape: ImageShape, **settings: object) -> Discriminator:
    return ganzoo_r3gan.ganzoo_discriminators()[0].build(R3GANDiscriminatorConfig(**settings), shape)


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_at_the_papers_settings_the_networks_have_the_papers_parameters() -> None:
    # Huang et al. 2024, table 2, config E on FFHQ at 256 px: 23.058 M and 23.010 M trainable parameters.
    with torch.device("meta"):
        shape, settings = ImageShape(256, 3), {"width": 96, "growth": 8}
        assert round(count(generator(shape, **settings)) / 1e6, 3) == 23.058
        assert round(count(discriminator(shape, **settings)) / 1e6, 3) == 23.010


def test_a_block_begins_as_the_identity() -> None:
    block = ResidualBlock(32, R3GANGeneratorConfig(), depth=8)
    images = torch.randn(2, 32, 8, 8)
    assert torch.equal(block(images), images)


def test_weights_inside_a_block_shrink_with_the_depth_of_the_network() -> None:
    torch.manual_seed(0)
    for depth in (1, 16):
        block = ResidualBlock(256, R3GANGeneratorConfig(), depth)
        assert block.widen.weight.std().item() * math.sqrt(256) == pytest.approx(GAIN * depth**-0.25, rel=0.02)


def test_channels_that_do_not_fit_the_groups_are_refused_with_a_width_that_does() -> None:
    for build in (generator, discriminator):
        with pytest.raises(UsageError, match=r"24 channels inside a block.*groups of 16") as caught:
            build(ImageShape(32, 3), width=12, growth=1)
        assert "32" in caught.value.hint


def test_the_papers_preset_has_the_published_schedules() -> None:
    paper = RECIPE.presets["paper"].settings
    rate, gamma = paper["optimizers.generator.learning_rate"], paper["method.r1r2.gamma"]
    assert (rate["start"], rate["end"], rate["until_kimg"]) == (2e-4, 5e-5, 20_000)
    assert (gamma["start"], gamma["end"]) == (2.0, pytest.approx(0.2))
    assert paper["optimizers.discriminator.betas"][1]["end"] == 0.99
    assert paper["training.ema_half_life_kimg"]["end"] == 500
