"""Where the modes of a mixture lie, and how wide they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

LayoutName = Literal["ring8", "grid25"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A mixture of round Gaussians in the plane, all of one weight and one width.

    Attributes:
        centres: of the modes.
        std: standard deviation of each mode in each coordinate.
    """

    centres: tuple[tuple[float, float], ...]
    std: float


def ring(modes: int, std: float) -> Layout:
    """`modes` centres on the unit circle, equally far apart."""
    angles = [2 * math.pi * mode / modes for mode in range(modes)]
    return Layout(tuple((math.cos(angle), math.sin(angle)) for angle in angles), std)


def grid(side: int, std: float) -> Layout:
    """`side` x `side` centres that fill [-1, 1]², the outermost on its edge."""
    places = [2 * place / (side - 1) - 1 for place in range(side)]
    return Layout(tuple((x, y) for x in places for y in places), std)


LAYOUTS: dict[LayoutName, Layout] = {
    # Radius 1, standard deviation 0.01: Lin et al. 2018, and in these proportions Metz et al. 2017.
    "ring8": ring(8, 0.01),
    # The literature's centres lie 2 apart on [-4, 4]² with a standard deviation of 0.05. Here all is a quarter of that.
    "grid25": grid(5, 0.05 / 4),
}
