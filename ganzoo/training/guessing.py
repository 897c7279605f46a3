"""What guessing costs: the scale on which losses of different formulas can be read."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch

from ganzoo.contracts import Loss, Role, Split


def costs_of_guessing(loss: Loss) -> dict[Role, float]:
    """Each role's loss where D knows nothing; 0 or less for a loss without such a scale (Wasserstein's, G's hinge)."""
    guess = torch.full((2,), loss.undecided)
    targets = None if loss.targets is None else Split(*(torch.full((2,), target) for target in loss.targets))
    split = loss.discriminator(guess, guess, targets)
    generator = loss.generator(guess, guess if loss.generator_uses_real else None)
    return {
        Role.DISCRIMINATOR: float(split.real.mean() + split.fake.mean()),
        Role.GENERATOR: float(generator.mean()),
    }


def shares_of_guessing(values: Mapping[str, float], costs: Mapping[Role, float]) -> dict[str, float]:
    """`loss_share_<role>`: the tick's losses over what guessing costs, where it costs anything."""
    return {
        f"loss_share_{role}": values[f"loss_{role}"] / cost
        for role, cost in costs.items()
        if cost > 0 and math.isfinite(values.get(f"loss_{role}", math.nan))
    }
