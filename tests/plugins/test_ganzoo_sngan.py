import pytest
import torch

import ganzoo_sngan
from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.plugin import UsageError
from ganzoo_sngan import SNGANDiscriminatorConfig, SNGANGeneratorConfig

CIFAR = ImageShape(32, 3)


def generator(shape: ImageShape = CIFAR, **settings: object) -> Generator:
    return ganzoo_sngan.ganzoo_generators()[0].build(SNGANGeneratorConfig(**settings), shape)


def discriminator(shape: ImageShape = CIFAR, **settings: object) -> Discriminator:
    return ganzoo_sngan.ganzoo_discriminators()[0].build(SNGANDiscriminatorConfig(**settings), shape)


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_at_cifars_settings_the_networks_have_the_parameters_of_the_papers_table() -> None:
    # Counted by hand from Miyato et al. 2018, table 4, with biases and batch norm as in the authors' code.
    block = 2 * 2 * 256 + 2 * (9 * 256 * 256 + 256) + (256 * 256 + 256)
    assert count(generator()) == (128 + 1) * 16 * 256 + 3 * block + 2 * 256 + (9 * 256 + 1) * 3
    inner = 2 * (9 * 128 * 128 + 128)
    first = (9 * 3 + 1) * 128 + (9 * 128 + 1) * 128 + (3 + 1) * 128
    assert count(discriminator()) == first + (inner + 128 * 128 + 128) + 2 * inner + 128


def test_at_imagenets_settings_the_blocks_have_the_channels_of_the_papers_table() -> None:
    with torch.device("meta"):
        shape = ImageShape(128, 3)
        g = generator(shape, width=64, growth=16)
        d = discriminator(shape, width=64, growth=16, coarsest=4, more_blocks=1, spectral_norm=False)
    assert [stage.convolution2.out_channels for stage in g.stages] == [1024, 512, 256, 128, 64]
    assert [stage.convolution2.out_channels for stage in d.stages] == [64, 128, 256, 512, 1024, 1024]


def test_every_layer_of_the_discriminator_has_a_largest_singular_value_of_one() -> None:
    torch.manual_seed(0)
    network = discriminator(ImageShape(32, 3, 4), width=8)
    for _ in range(20):  # the power iteration settles
        network(torch.randn(2, 3, 32, 32), torch.tensor([0, 1]))
    layers = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear | torch.nn.Embedding)]
    assert len(layers) == 12
    for layer in layers:
        assert torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2).item() == pytest.approx(1, abs=0.02)


def test_a_mixture_of_two_labels_styles_is_an_image_between() -> None:
    torch.manual_seed(0)
    network = generator(ImageShape(16, 3, 2), width=8)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    network.eval()
    latents = torch.randn(1, 128)
    styles = [network.embed(latents, torch.tensor([label])) for label in (0, 1)]
    one, other, between = (network.synthesise(style) for style in (*styles, (styles[0] + styles[1]) / 2))
    assert not torch.equal(one, other)
    assert not torch.equal(between, one)
    assert (between - one).abs().mean() < (other - one).abs().mean()


def test_a_conditional_network_without_labels_says_that_it_needs_them() -> None:
    shape = ImageShape(16, 3, 5)
    with pytest.raises(UsageError, match="5 labels"):
        generator(shape, width=4)(torch.randn(2, 128))
    with pytest.raises(UsageError, match="5 labels"):
        discriminator(shape, width=4)(torch.randn(2, 3, 16, 16))
