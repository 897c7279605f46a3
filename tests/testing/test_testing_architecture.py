"""A recipe, its presets and its networks fit together, or the check says which does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from settings_under_test import ThinDiscriminatorConfig, ThinGeneratorConfig

from ganzoo.contracts import Judgement
from ganzoo.errors import ContractError, UsageError
from ganzoo.plugin import ArchitectureSpec, DiscriminatorSpec, GeneratorSpec, Preset
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import check_architecture
from ganzoo.testing.terms import TinyDiscriminator, TinyGenerator


def tiny(network):
    def build(config, shape):
        if (shape.size, shape.channels, shape.num_classes) != (8, 3, None):
            raise UsageError("8 px, RGB, no labels")
        return network()

    return build


GENERATOR = GeneratorSpec(name="thin", summary="A test.", config=ThinGeneratorConfig, build=tiny(TinyGenerator))
DISCRIMINATOR = DiscriminatorSpec(
    name="thin", summary="A test.", config=ThinDiscriminatorConfig, build=tiny(TinyDiscriminator)
)
RECIPE = ArchitectureSpec(
    name="thin-recipe",
    summary="A test.",
    generator="thin",
    discriminator="thin",
    loss="hinge",
    settings={"data.image_size": 8, "training.epochs": 1},
    presets={"wide": Preset("twice the rates", {"optimizers.generator.learning_rate": 2e-3})},
)


def test_a_recipe_of_parts_that_are_not_installed_fits_together():
    check_architecture(RECIPE, GENERATOR, DISCRIMINATOR)


@pytest.mark.parametrize("name", ["dcgan", "lsgan", "mlp", "wgan-gp"])
def test_ganzoos_own_recipes_fit_together(name):
    check_architecture(catalogue().find(Kind.ARCHITECTURE, name))


def test_a_part_that_there_is_not_is_named():
    with pytest.raises(ContractError, match=r"`thin-recipe`: the recipe names parts(.|\n)*hing"):
        check_architecture(replace(RECIPE, loss="hing"), GENERATOR, DISCRIMINATOR)


def test_a_setting_of_a_preset_that_there_is_not_is_named():
    presets = {"odd": Preset("a test", {"generator.wdith": 8})}
    with pytest.raises(ContractError, match="its preset `odd` names parts and settings that there are"):
        check_architecture(replace(RECIPE, presets=presets), GENERATOR, DISCRIMINATOR)


def test_a_preset_without_a_summary_is_named():
    with pytest.raises(ContractError, match="the preset `odd` has a summary"):
        check_architecture(replace(RECIPE, presets={"odd": Preset("", {})}), GENERATOR, DISCRIMINATOR)


def test_a_discriminator_that_does_not_see_its_input_is_named():
    class Deaf(TinyDiscriminator):
        def forward(self, images, labels=None, want=frozenset()):
            return Judgement(torch.zeros(len(images), requires_grad=True))

    with pytest.raises(ContractError, match="D's loss reaches its parameters"):
        check_architecture(RECIPE, GENERATOR, replace(DISCRIMINATOR, build=tiny(Deaf)))
