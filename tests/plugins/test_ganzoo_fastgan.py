import pytest
import torch

import ganzoo_fastgan
from ganzoo.contracts import Discriminator, Generator, ImageShape, Role
from ganzoo.plugin import UsageError
from ganzoo.testing.terms import TinyDiscriminator
from ganzoo_fastgan import FastGANDiscriminatorConfig, FastGANGeneratorConfig
from ganzoo_fastgan.discriminator import quarters
from ganzoo_fastgan.layers import Noise, SkipExcitation


def generator(shape: ImageShape, **settings: object) -> Generator:
    return ganzoo_fastgan.ganzoo_generators()[0].build(FastGANGeneratorConfig(**settings), shape)


def discriminator(shape: ImageShape, **settings: object) -> Discriminator:
    return ganzoo_fastgan.ganzoo_discriminators()[0].build(FastGANDiscriminatorConfig(**settings), shape)


def convolutions(module: torch.nn.Module) -> list[tuple[int, int]]:
    return [(m.in_channels, m.out_channels) for m in module.modules() if isinstance(m, torch.nn.Conv2d)]


def test_at_256_px_the_layers_have_the_channels_of_the_authors_code() -> None:
    # Liu et al. 2021: 1024, 512, 256, 128, 128, 64, 32 channels at 4 to 256 px, twice that before each gate; excitation
    # from 4, 8 and 16 px to 64, 128 and 256 px.
    g = generator(ImageShape(256, 3))
    assert g.start[0].out_channels == 2 * 1024
    ends = [convolutions(stage)[-1][1] // 2 for stage in g.stages]
    assert ends == [512, 256, 128, 128, 64, 32]
    assert [convolutions(e)[0] for e in g.excitations] == [(1024, 128), (512, 64), (256, 32)]
    d = discriminator(ImageShape(256, 3))
    assert [convolutions(stage)[0] for stage in d.stages] == [(16, 32), (32, 64), (64, 128), (128, 256), (256, 512)]
    assert [convolutions(e)[0] for e in d.excitations] == [(16, 128), (32, 256), (64, 512)]
    assert [after for _, after in convolutions(d.small_stages)] == [32, 64, 128, 256]


def test_excitation_gates_each_channel_of_each_image() -> None:
    torch.manual_seed(0)
    layer = SkipExcitation(3, 5)
    small, large = torch.randn(2, 3, 4, 4), torch.rand(2, 5, 16, 16) + 1
    gates = layer(small, large) / large
    assert gates.min() > 0
    assert gates.max() < 1
    assert torch.allclose(gates, gates.mean(dim=(2, 3), keepdim=True).expand_as(gates))


def test_each_image_gives_its_own_quarter() -> None:
    images = torch.arange(2 * 16.0).view(2, 1, 4, 4)
    one, other = quarters(images, torch.tensor([1, 2]))
    assert torch.equal(one, images[0, :, :2, 2:])
    assert torch.equal(other, images[1, :, 2:, :2])


def test_both_ways_of_the_discriminator_judge_5_by_5_patches() -> None:
    assert discriminator(ImageShape(32, 3), width=8)(torch.randn(2, 3, 32, 32)).logits.shape == (2, 50)


def test_decoders_learn_to_draw_the_image_again() -> None:
    torch.manual_seed(0)
    network = discriminator(ImageShape(32, 3), width=8)
    images = torch.rand(8, 3, 1, 1).expand(8, 3, 32, 32) * 2 - 1
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    errors = []
    for _ in range(15):
        error = network(images, want=frozenset({"reconstruction_error"})).extras["reconstruction_error"].mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        errors.append(error.item())
    assert errors[-1] < 0.6 * errors[0]


def test_labels_are_refused() -> None:
    for build in (generator, discriminator):
        with pytest.raises(UsageError, match="no use of labels"):
            build(ImageShape(64, 3, 10))


def test_self_reconstruction_refuses_a_discriminator_that_does_not_decode() -> None:
    spec = ganzoo_fastgan.ganzoo_balancing()[0]
    strategy = spec.build(spec.config())
    decodes = discriminator(ImageShape(64, 3), width=8)
    assert strategy.build(Role.DISCRIMINATOR, decodes) is decodes
    with pytest.raises(UsageError, match="`self-reconstruction` needs a discriminator that decodes") as caught:
        strategy.build(Role.DISCRIMINATOR, TinyDiscriminator())
    assert "--discriminator fastgan" in caught.value.hint


def test_noise_is_the_same_each_time_in_eval_mode_and_as_strong_as_in_training() -> None:
    torch.manual_seed(0)
    noise = Noise(16)
    noise.weight.data.fill_(2.0)
    flat = torch.zeros(64, 3, 16, 16)
    assert not torch.equal(noise(flat), noise(flat))
    trained = noise(flat).std().item()
    noise.eval()
    assert torch.equal(noise(flat), noise(flat))
    assert noise(flat).std().item() == pytest.approx(trained, rel=0.15)
