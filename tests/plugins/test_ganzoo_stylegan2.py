import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional

import ganzoo_stylegan2
from ganzoo.contracts import Batch, Discriminator, Generator, ImageShape
from ganzoo.testing import SeededDraws, check_strategy
from ganzoo_stylegan2 import PathLengthConfig, StyleGAN2DiscriminatorConfig, StyleGAN2GeneratorConfig
from ganzoo_stylegan2.discriminator import ResidualBlock
from ganzoo_stylegan2.generator import ModulatedConvolution
from ganzoo_stylegan2.layers import blurred, doubled, halved, spread_of_groups
from ganzoo_stylegan2.path_length import PathLength, path_lengths

SMALL = ImageShape(16, 3)
NARROW = {"width": 4, "growth": 2}


def generator(shape: ImageShape = SMALL, **settings: object) -> Generator:
    return ganzoo_stylegan2.ganzoo_generators()[0].build(StyleGAN2GeneratorConfig(**settings), shape)


def discriminator(shape: ImageShape = SMALL, **settings: object) -> Discriminator:
    return ganzoo_stylegan2.ganzoo_discriminators()[0].build(StyleGAN2DiscriminatorConfig(**settings), shape)


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_at_the_sources_settings_the_networks_have_the_sources_parameters() -> None:
    # What the authors' PyTorch code prints for 1024 px: 28,794,124 with 2 mapping layers, and 29,012,513. A mapping
    # layer has 262,656, so config F with its 8 has 30,370,060.
    with torch.device("meta"):
        shape = ImageShape(1024, 3)
        assert count(generator(shape, mapping_layers=2)) == 28_794_124
        assert count(generator(shape)) == 30_370_060
        assert count(discriminator(shape)) == 29_012_513


def test_scaling_the_images_is_scaling_the_weights_of_each_image() -> None:
    torch.manual_seed(0)
    layer = ModulatedConvolution(4, 6, 3, style_dim=5)
    images, style = torch.randn(3, 4, 8, 8), torch.randn(3, 5)
    for image, scales, made in zip(images, layer.style(style), layer(images, style), strict=True):
        weight = layer.weight * layer.scale * scales[None, :, None, None]  # eq. 1
        weight = weight / (weight.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8).sqrt()  # eq. 3
        assert torch.allclose(functional.conv2d(image[None], weight, padding=1)[0], made, atol=1e-5)


def test_a_demodulated_convolution_keeps_unit_variance_whatever_the_style() -> None:
    torch.manual_seed(0)
    layer = ModulatedConvolution(64, 64, 3, style_dim=8)
    for strength in (0.1, 10.0):
        made = layer(torch.randn(4, 64, 16, 16), strength * torch.randn(4, 8))[:, :, 1:-1, 1:-1]
        assert made.var().item() == pytest.approx(1, rel=0.1)


def test_doubling_and_halving_keep_a_flat_image_flat() -> None:
    flat = torch.full((1, 2, 8, 8), 3.0)
    assert torch.allclose(doubled(flat), torch.full((1, 2, 16, 16), 3.0))
    assert torch.allclose(halved(flat)[:, :, 1:-1, 1:-1], torch.tensor(3.0))
    for filtered in (True, False):
        assert ResidualBlock(2, 2, filtered=filtered)(flat).shape == (1, 2, 4, 4)


@pytest.mark.parametrize("filtered", [True, False])
def test_only_without_its_filter_a_block_tells_a_checkerboard_from_its_negative(filtered: bool) -> None:
    torch.manual_seed(0)
    block = ResidualBlock(1, 4, filtered=filtered)
    nn.init.dirac_(block.convolution1.weight)
    row = torch.tensor([1.0, -1.0]).repeat(8)
    board = row.outer(row)[None, None]
    inner = (..., slice(2, -2), slice(2, -2))  # the borders see the zeros outside
    assert torch.allclose(block(board)[inner], block(-board)[inner], atol=1e-5) == filtered


def test_filters_are_those_of_the_source() -> None:
    line = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    kernel, images = line.outer(line)[None, None], torch.randn(2, 1, 8, 8)
    assert torch.allclose(blurred(images), functional.conv2d(images, kernel, padding=2), atol=1e-6)
    assert torch.allclose(halved(images), functional.conv2d(images, kernel, padding=1, stride=2), atol=1e-6)
    spread = functional.conv_transpose2d(images, 4 * kernel, padding=1, stride=2)
    assert torch.allclose(doubled(images)[:, :, 1:-1, 1:-1], spread[:, :, 1:-1, 1:-1], atol=1e-6)


def test_the_spread_of_a_group_tells_alike_images_from_different_ones() -> None:
    alike, different = torch.ones(4, 3, 4, 4), torch.randn(4, 3, 4, 4)
    channel = spread_of_groups(torch.cat([alike, different]), group_size=4)[:, 3]
    assert channel[:4].max() < 1e-3
    assert channel[4:].min() > 0.3
    assert channel[4:].unique().numel() == 1


def test_groups_that_do_not_divide_the_batch_become_smaller() -> None:
    assert spread_of_groups(torch.randn(6, 3, 4, 4), group_size=4).shape == (6, 4, 4, 4)


def test_images_of_other_groups_change_nothing() -> None:
    torch.manual_seed(0)
    network = discriminator(**NARROW).eval()
    images = torch.randn(8, 3, 16, 16)
    assert torch.allclose(network(images).logits[:4], network(images[:4]).logits, atol=1e-5)


def test_styles_are_mixed_only_while_training() -> None:
    torch.manual_seed(0)
    network = generator(**NARROW, style_mixing=1.0)
    latents = torch.randn(5, 512)
    mixed = network.train().embed(latents)
    assert all(len(styles.unique(dim=0)) == 2 for styles in mixed)
    plain = network.eval().embed(latents)
    assert all(len(styles.unique(dim=0)) == 1 for styles in plain)
    assert torch.equal(mixed[:, 0], plain[:, 0]), "the first layer keeps its own style"


def test_noise_moves_the_image_only_while_training() -> None:
    torch.manual_seed(0)
    network = generator(**NARROW, style_mixing=0.0)
    for name, parameter in network.named_parameters():
        if name.endswith("strength"):
            torch.nn.init.ones_(parameter)
    latents = torch.randn(2, 512)
    assert not torch.equal(network.train()(latents), network(latents))
    assert torch.equal(network.eval()(latents), network(latents))


class Linear(Generator):
    """Images that are a linear function of the latents: J is the matrix."""

    def __init__(self, matrix: torch.Tensor) -> None:
        super().__init__(ImageShape(2, 1), matrix.shape[0])
        self.matrix = torch.nn.Parameter(matrix)

    def synthesise(self, style: torch.Tensor) -> torch.Tensor:
        return (style @ self.matrix).unflatten(1, (1, 2, 2))


def test_path_length_on_a_linear_generator_is_its_closed_form() -> None:
    torch.manual_seed(0)
    matrix, noise = torch.randn(3, 4), torch.randn(5, 1, 2, 2)
    lengths = path_lengths(Linear(matrix), torch.randn(5, 3), None, noise)
    assert torch.allclose(lengths, (noise.flatten(1) @ matrix.T).norm(dim=1), atol=1e-5)


def test_path_length_of_a_generator_that_scales_is_the_scale() -> None:
    torch.manual_seed(0)
    noise = torch.randn(4096, 1, 2, 2) / 2  # over the root of the pixels
    lengths = path_lengths(Linear(3 * torch.eye(4)), torch.randn(4096, 4), None, noise)
    assert lengths.square().mean().item() == pytest.approx(9, rel=0.05)


def test_a_length_that_is_not_finite_does_not_stay_in_the_average(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = PathLength(PathLengthConfig(shrink=1))
    (term,) = strategy.terms()
    images = torch.zeros(4, 1, 2, 2)
    fake = SimpleNamespace(drawn=Batch(images, None, torch.zeros(4, 3)))
    given = SimpleNamespace(
        fake=fake, generator=None, draws=SeededDraws(4, 0, "own"), mean_over_ranks=lambda value: value
    )
    for lengths in (torch.ones(4), torch.full((4,), torch.nan), torch.full((4,), torch.inf)):
        monkeypatch.setattr("ganzoo_stylegan2.path_length.path_lengths", lambda *_, found=lengths: found)
        term.value(given)  # type: ignore[arg-type]  # what the term reads of it
        assert strategy.average is not None
        assert strategy.average.item() == pytest.approx(PathLengthConfig().decay)


def test_a_path_length_of_no_weight_is_not_computed() -> None:
    assert not PathLength(PathLengthConfig(weight=0)).terms()
    assert PathLength(PathLengthConfig(weight=0.1)).terms()


@pytest.mark.parametrize("shrink", [1, 2, 4])
def test_path_length_keeps_the_contract_of_strategies(shrink: int) -> None:
    check_strategy(ganzoo_stylegan2.ganzoo_balancing()[0], PathLengthConfig(shrink=shrink))


def test_path_length_teaches_the_style_generator() -> None:
    torch.manual_seed(0)
    network = generator(**NARROW, latent_dim=8, style_dim=8, mapping_layers=2)
    noise = torch.randn(4, 3, 16, 16) / 16
    path_lengths(network, torch.randn(4, 8), None, noise).square().sum().backward()
    assert all(parameter.grad is not None for parameter in network.mapping.parameters())
    assert math.isfinite(sum(p.grad.square().sum().item() for p in network.parameters() if p.grad is not None))
