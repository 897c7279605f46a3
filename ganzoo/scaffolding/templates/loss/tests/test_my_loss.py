"""ganzoo's contract checks, and the formulas of my-loss themselves."""

import math

import torch
from ganzoo_my_loss import SPEC, MyLossConfig
from ganzoo_my_loss.loss import MyLoss, cost_of_certainty

from ganzoo.testing import check_loss


def test_it_keeps_the_contract():
    check_loss(SPEC)
    check_loss(SPEC, MyLossConfig(sharpness=4.0))


def test_guessing_costs_the_logarithm_of_two():
    loss = MyLoss(MyLossConfig())
    split = loss.discriminator(torch.zeros(3), torch.zeros(3))
    torch.testing.assert_close(split.real, torch.full((3,), math.log(2)))
    torch.testing.assert_close(split.fake, split.real)


def test_a_sharp_cost_is_nearly_a_hinge():
    logits = torch.tensor([-1.0, 2.0])
    torch.testing.assert_close(cost_of_certainty(logits, 50.0), logits.relu())
