from itertools import pairwise

import pytest
import torch

import ganzoo_sagan
from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.plugin import UsageError
from ganzoo_sagan import SAGANDiscriminatorConfig, SAGANGeneratorConfig
from ganzoo_sagan.attention import SelfAttention


def generator(shape: ImageShape, **settings: object) -> Generator:
    return ganzoo_sagan.ganzoo_generators()[0].build(SAGANGeneratorConfig(**settings), shape)


def discriminator(shape: ImageShape, **settings: object) -> Discriminator:
    return ganzoo_sagan.ganzoo_discriminators()[0].build(SAGANDiscriminatorConfig(**settings), shape)


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_at_the_papers_settings_the_networks_have_the_parameters_of_the_papers_blocks() -> None:
    # Counted by hand: SNGAN's blocks for 128 px (Miyato et al. 2018, table 5) and attention at 32 px, of 256 and 128
    # channels, 4 x C x C / 8 + 1. The paper publishes no count.
    shape, settings = ImageShape(128, 3), {"width": 64, "growth": 16, "attention_size": 32}
    widths = [1024, 1024, 512, 256, 128, 64]

    def conv(before: int, after: int, kernel: int) -> int:
        return before * after * kernel**2 + after

    up = sum(2 * b + 2 * a + conv(b, a, 3) + conv(a, a, 3) + conv(b, a, 1) for b, a in pairwise(widths))
    expected = (128 + 1) * 16 * 1024 + up + 4 * 256 * 32 + 1 + 2 * 64 + conv(64, 3, 3)
    assert count(generator(shape, **settings)) == expected
    down = conv(3, 64, 3) + conv(64, 64, 3) + conv(3, 64, 1) + 2 * conv(1024, 1024, 3)
    inwards = widths[:0:-1]
    down += sum(conv(b, b, 3) + conv(b, a, 3) + conv(b, a, 1) for b, a in pairwise(inwards))
    assert count(discriminator(shape, **settings)) == down + 4 * 128 * 16 + 1 + 1025


def test_attention_begins_as_the_identity() -> None:
    images = torch.randn(2, 16, 4, 4)
    assert torch.equal(SelfAttention(16)(images), images)


def test_attention_is_a_weighted_mean_over_positions() -> None:
    torch.manual_seed(0)
    layer = SelfAttention(16)
    torch.nn.init.ones_(layer.gamma)
    images = torch.randn(2, 16, 3, 3)
    flat = images.flatten(2)
    f, g, h, v = (weight.weight[:, :, 0, 0] for weight in (layer.key, layer.query, layer.value, layer.out))
    for image, made in zip(flat, layer(images).flatten(2), strict=True):
        scores = (f @ image).T @ (g @ image)  # s_ij = f(x_i)^T g(x_j), eq. 1
        shares = scores.softmax(dim=0)
        assert torch.allclose(made, image + v @ ((h @ image) @ shares), atol=1e-5)


def test_every_position_hears_of_every_other() -> None:
    torch.manual_seed(0)
    layer = SelfAttention(16)
    torch.nn.init.ones_(layer.gamma)
    images = torch.randn(1, 16, 4, 4, requires_grad=True)
    layer(images)[0, :, 0, 0].sum().backward()
    assert images.grad is not None
    assert (images.grad.abs().sum(dim=1) > 0).all()


def test_attention_where_no_stage_is_is_refused_with_the_nearest() -> None:
    shape = ImageShape(32, 3)
    with pytest.raises(UsageError, match="no stage of the discriminator has features of 32 px") as caught:
        discriminator(shape, width=4, attention_size=32)
    assert "discriminator.attention_size=16" in caught.value.hint
    with pytest.raises(UsageError, match="generator") as caught:
        generator(shape, width=4, attention_size=64)
    assert "attention_size=32" in caught.value.hint


def test_both_networks_are_spectrally_normalised() -> None:
    for network in (
        generator(ImageShape(16, 3), width=4, attention_size=8),
        discriminator(ImageShape(16, 3), width=4, attention_size=8),
    ):
        for module in network.modules():
            if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
                assert torch.nn.utils.parametrize.is_parametrized(module, "weight")
