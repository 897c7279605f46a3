from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import ganzoo_dcgan
import ganzoo_losses
import ganzoo_optimizers
from ganzoo.config.models import RunConfig
from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.plugin import UsageError
from ganzoo.testing import check_discriminator, check_generator
from ganzoo_dcgan import DCGANDiscriminatorConfig, DCGANGeneratorConfig
from ganzoo_dcgan.shapes import stage_widths

(RECIPE,) = ganzoo_dcgan.ganzoo_architectures()
(GENERATOR,) = ganzoo_dcgan.ganzoo_generators()
(DISCRIMINATOR,) = ganzoo_dcgan.ganzoo_discriminators()
STANDARD = ImageShape(64, 3)
SIZES, CHANNELS = (16, 32, 64, 128, 256), (1, 3, 4)
SETTINGS = {"recipe": RECIPE.settings, **{name: preset.settings for name, preset in RECIPE.presets.items()}}


def generator(shape: ImageShape = STANDARD, **settings: object) -> Generator:
    return GENERATOR.build(DCGANGeneratorConfig(**settings), shape)


def discriminator(shape: ImageShape = STANDARD, **settings: object) -> Discriminator:
    return DISCRIMINATOR.build(DCGANDiscriminatorConfig(**settings), shape)


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def convolutions(network: torch.nn.Module) -> list[tuple[int, ...]]:
    return [tuple(p.shape) for p in network.parameters() if p.dim() == 4]


def test_the_generator_keeps_the_contract_at_every_size_and_number_of_channels() -> None:
    check_generator(GENERATOR, DCGANGeneratorConfig(width=4, latent_dim=8), (16, 64), CHANNELS)
    check_generator(GENERATOR, DCGANGeneratorConfig(width=2, latent_dim=8), SIZES, (3,))


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_the_discriminator_keeps_the_contract(norm: str, dropout: float) -> None:
    config = DCGANDiscriminatorConfig(width=4, norm=norm, dropout=dropout)
    check_discriminator(DISCRIMINATOR, config, (16, 64), (1, 4))


def test_the_discriminator_keeps_the_contract_at_every_size() -> None:
    check_discriminator(DISCRIMINATOR, DCGANDiscriminatorConfig(width=2), SIZES, (3,))


def test_at_the_examples_settings_the_networks_have_the_examples_parameters() -> None:
    # pytorch/examples, dcgan/main.py, with its defaults: 3,576,704 and 2,765,568.
    assert count(generator(latent_dim=100, width=64)) == 3_576_704
    assert count(discriminator(width=64)) == 2_765_568


def test_at_the_examples_settings_the_layers_have_the_examples_shapes() -> None:
    assert convolutions(generator()) == [
        (100, 512, 4, 4),
        (512, 256, 4, 4),
        (256, 128, 4, 4),
        (128, 64, 4, 4),
        (64, 3, 4, 4),
    ]
    assert convolutions(discriminator()) == [
        (64, 3, 4, 4),
        (128, 64, 4, 4),
        (256, 128, 4, 4),
        (512, 256, 4, 4),
        (1, 512, 4, 4),
    ]
    norms = [m.num_features for m in discriminator().modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms == [128, 256, 512]


@given(st.sampled_from(SIZES), st.integers(1, 64))
def test_stage_widths_double_inwards_up_to_eight_times_and_end_at_4_px(size: int, width: int) -> None:
    widths = stage_widths(size, width)
    assert widths[0] == width
    assert size == 4 * 2 ** len(widths)
    assert all(after == min(2 * before, 8 * width) for before, after in pairwise(widths))


@pytest.mark.parametrize(("size", "nearest"), [(8, 16), (48, 64), (63, 64), (100, 128), (512, 256)])
def test_a_size_dcgan_cannot_make_is_refused_with_the_nearest_it_can(size: int, nearest: int) -> None:
    for build in (generator, discriminator):
        with pytest.raises(UsageError, match=f"{size} px.*doubles the size") as caught:
            build(ImageShape(size, 3), width=4)
        assert f"--image-size {nearest}`" in caught.value.hint


def test_two_channels_are_refused_with_the_nearest_choice() -> None:
    with pytest.raises(UsageError, match="2 channels") as caught:
        generator(ImageShape(64, 2), width=4)
    assert "data.channels=1" in caught.value.hint


def test_weights_are_drawn_as_in_the_paper() -> None:
    torch.manual_seed(0)
    for network in (generator(), discriminator()):
        for module in network.modules():
            if isinstance(module, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
                assert module.weight.mean().item() == pytest.approx(0, abs=2e-3)
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.05)
            elif isinstance(module, torch.nn.BatchNorm2d):
                assert module.weight.mean().item() == pytest.approx(1, abs=0.01)
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.3)
                assert not module.bias.any()


def test_without_batch_norm_an_image_is_judged_by_itself() -> None:
    images = torch.rand(4, 3, 16, 16) * 2 - 1
    for norm, alone in (("none", True), ("batch", False)):
        network = discriminator(ImageShape(16, 3), width=8, norm=norm).train()
        first_two = network(images[:2]).logits
        assert torch.allclose(network(images).logits[:2], first_two, atol=1e-6) is alone


def test_dropout_makes_the_judgement_random_only_while_training() -> None:
    network = discriminator(ImageShape(16, 3), width=8, norm="none", dropout=0.5)
    images = torch.rand(4, 3, 16, 16)
    assert not torch.equal(network(images).logits, network(images).logits)
    network.eval()
    assert torch.equal(network(images).logits, network(images).logits)


def test_a_conditional_network_without_labels_says_that_it_needs_them() -> None:
    shape = ImageShape(16, 3, num_classes=5)
    with pytest.raises(UsageError, match="5 labels"):
        generator(shape, width=4)(torch.randn(2, 100))
    with pytest.raises(UsageError, match="5 labels"):
        discriminator(shape, width=4)(torch.randn(2, 3, 16, 16))


def test_blocks_lead_from_the_image_inwards() -> None:
    network = discriminator(width=4)
    resolutions, activations = [], torch.rand(1, 3, 64, 64)
    for block in network.eval().blocks():
        activations = block(activations)
        resolutions.append(activations.shape[-1])
    assert resolutions == [32, 16, 8, 4]


def test_features_are_the_last_stages_activations() -> None:
    judgement = discriminator(width=4)(torch.rand(2, 3, 64, 64), want=frozenset({"features"}))
    assert judgement.extras["features"].shape == (2, 32, 4, 4)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_of_the_recipe_exists_and_is_in_range(name: str) -> None:
    optimizers = {spec.name: spec for spec in ganzoo_optimizers.ganzoo_optimizers()}
    chosen = {**RECIPE.settings, **SETTINGS[name]}
    tables: dict[str, dict[str, object]] = {}
    for path, value in chosen.items():
        table, _, setting = path.rpartition(".")
        tables.setdefault(table, {})[setting] = value
    configs = {"generator": GENERATOR.config, "discriminator": DISCRIMINATOR.config}
    for table, values in tables.items():
        if table.startswith("optimizers."):
            config = optimizers[str(values.pop("kind"))].config
        else:
            config = configs.get(table) or RunConfig.model_fields[table].annotation
        assert set(values) <= set(config.model_fields)
        if table != "data":  # its source has no default
            config(**values)


def test_the_recipe_names_parts_that_exist() -> None:
    assert (RECIPE.generator, RECIPE.discriminator) == (GENERATOR.name, DISCRIMINATOR.name)
    assert RECIPE.loss in {spec.name for spec in ganzoo_losses.ganzoo_losses()}


def test_the_papers_preset_is_the_papers_training() -> None:
    paper = RECIPE.presets["paper"].settings
    assert paper["optimizers.discriminator.learning_rate"] == 2e-4
    assert paper["optimizers.generator.betas"] == [0.5, 0.999]
    assert paper["training.batch_size"] == 128
    assert paper["training.ema_beta"] == 0
    assert stage_widths(64, paper["generator.width"])[-1] == 1024  # figure 1
