"""ganzoo's contract checks, and the rule of my-strategy itself."""

import torch
from ganzoo_my_strategy import SPEC, MyStrategyConfig
from ganzoo_my_strategy.strategy import MyStrategy

from ganzoo.contracts import Moment, Observation, Role
from ganzoo.testing import check_strategy


def observed(accuracy: float) -> Observation:
    moment = Moment(step=0, images=0, batch_size=8, dataset_size=80)
    return Observation(Role.DISCRIMINATOR, moment, {"accuracy": torch.tensor(accuracy)})


def test_it_keeps_the_contract():
    check_strategy(SPEC)
    check_strategy(SPEC, MyStrategyConfig(threshold=0.5, smoothing=0.0))


def test_d_pauses_while_it_is_right_too_often_and_no_longer():
    strategy = MyStrategy(MyStrategyConfig(threshold=0.8, smoothing=0.0))
    for accuracy, allowed in ((0.7, True), (0.9, False), (0.75, True)):
        seen = observed(accuracy)
        strategy.observe(seen)
        assert strategy.allow_update(Role.DISCRIMINATOR, seen).allowed is allowed


def test_g_never_pauses():
    strategy = MyStrategy(MyStrategyConfig(threshold=0.1, smoothing=0.0))
    seen = observed(1.0)
    strategy.observe(seen)
    assert strategy.allow_update(Role.GENERATOR, seen).allowed
