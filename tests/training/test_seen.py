"""What a forward of D shows."""

from __future__ import annotations

import pytest
import torch

from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.training.seen import FLAT, saturation, seen_by_discriminator

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


@pytest.mark.parametrize(("loss", "guess"), [("non-saturating", 0.0), ("least-squares", 0.5), ("hinge", 0.0)])
def test_the_sign_of_reals_counts_from_the_logit_of_a_d_that_guesses(loss: str, guess: float) -> None:
    spec = catalogue().find(Kind.LOSS, loss)
    nothing = torch.zeros(())

    def sign(*above: float) -> float:
        logits = guess + torch.tensor(above)
        shown = seen_by_discriminator(spec.build(spec.config()), logits, logits, nothing, nothing)
        return shown["sign_real"].item()

    assert sign(0.25, -0.25, 0.125, -0.125) == 0
    assert sign(0.25, 0.25, 0.125, -0.125) == 0.5
