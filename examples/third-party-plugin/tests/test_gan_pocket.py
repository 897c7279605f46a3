"""ganzoo's contract checks on each part, and the rule of the strategy."""

from gan_pocket import DISCRIMINATOR, GENERATOR, SPEC, NapConfig
from gan_pocket.nap import naps

from ganzoo.testing import check_discriminator, check_generator, check_strategy


def test_the_generator_keeps_its_contract():
    check_generator(GENERATOR, sizes=(8, 16))


def test_the_discriminator_keeps_its_contract():
    check_discriminator(DISCRIMINATOR, sizes=(8, 16))


def test_the_strategy_keeps_its_contract():
    check_strategy(SPEC)
    check_strategy(SPEC, NapConfig(every=2))


def test_d_naps_every_third_step_and_not_in_the_first():
    assert [step for step in range(10) if naps(step, 3)] == [3, 6, 9]
