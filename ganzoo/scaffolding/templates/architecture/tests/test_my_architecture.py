"""ganzoo's contract checks on the networks and their recipe."""

import pytest
from ganzoo_my_architecture import DISCRIMINATOR, GENERATOR, RECIPE

from ganzoo.contracts import ImageShape
from ganzoo.plugin import UsageError
from ganzoo.testing import check_architecture, check_discriminator, check_generator


def test_the_generator_keeps_its_contract():
    check_generator(GENERATOR, GENERATOR.config(width=4), sizes=(8, 32))


def test_the_discriminator_keeps_its_contract():
    check_discriminator(DISCRIMINATOR, DISCRIMINATOR.config(width=4), sizes=(8, 32))


def test_the_recipe_and_its_presets_fit_together():
    check_architecture(RECIPE, GENERATOR, DISCRIMINATOR)


def test_a_size_it_cannot_make_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="cannot work at 48 px") as caught:
        GENERATOR.build(GENERATOR.config(), ImageShape(48, 3))
    assert "--image-size 64" in caught.value.hint
