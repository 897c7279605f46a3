"""What a forward of D shows."""

from __future__ import annotations

import pytest
import torch

from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.training.seen import FLAT, saturation

BEYOND = FLAT + 0.1


@pytest.mark.parametrize(
    ("loss", "real", "fake", "share"),
    [
        ("non-saturating", [BEYOND, 0.0], [-BEYOND, BEYOND], 0.75),
        ("least-squares", [BEYOND, 0.0], [0.5 - BEYOND, BEYOND + 0.5], 0.5),  # its middle is 0.5
        ("relativistic", [100.0, 2.0], [100.0, 2.0 - BEYOND], 0.5),  # only differences are judged
    ],
)
def test_saturation_is_the_share_of_judgements_far_from_undecided(
    loss: str, real: list[float], fake: list[float], share: float
) -> None:
    spec = catalogue().find(Kind.LOSS, loss)
    measured = saturation(spec.build(spec.config()), torch.tensor(real), torch.tensor(fake))
    assert measured.item() == share
