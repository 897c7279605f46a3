"""What the page asks for, read from the address of a picture; and the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganzoo.errors import UsageError, nearest
from ganzoo.latent.interpolation import spherical
from ganzoo.playing.sampling import shown
from ganzoo.playing.trained import Trained
from ganzoo.report.grid import grid

MOST_IMAGES = 64
MOST_TRUNCATION = 2.0
LARGEST_SEED = 2**53 - 1
"""The largest whole number that a page's script holds exactly."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture.

    Attributes:
        seed: of its images, as in `ganzoo sample`.
        to: another seed, towards which it goes.
        share: how far along the arc to it: 0 is at `seed`, 1 at `to`.
        count: of images.
        truncation: as in `ganzoo sample`.
        label: number of a class; None: all in turn, where there are some.
    """

    seed: int = 0
    to: int = 1
    share: float = 0.0
    count: int = 16
    truncation: float = 1.0
    label: int | None = None


def read_wish(words: Mapping[str, str], classes: int) -> Wish:
    """A wish from the words of an address, `{"seed": "7", "truncation": "0.7"}`; what is not said is as usual.

    Args:
        words: values by name.
        classes: how many there are.

    Raises:
        UsageError: a name that means nothing, or a value out of range.
    """
    of_name: dict[str, Callable[[str, str], Any]] = {  # Any: of each field its own type
        "seed": lambda name, text: _whole(name, text, 0, LARGEST_SEED),
        "to": lambda name, text: _whole(name, text, 0, LARGEST_SEED),
        "share": lambda name, text: _number(name, text, 1.0),
        "count": lambda name, text: _whole(name, text, 1, MOST_IMAGES),
        "truncation": lambda name, text: _number(name, text, MOST_TRUNCATION),
        "label": lambda name, text: _whole(name, text, 0, classes - 1),
    }
    for name in words:
        if name not in of_name or (name == "label" and not classes):
            raise UsageError(f"nothing is called `{name}` here.{nearest(name, of_name)}")
    return replace(Wish(), **{name: of_name[name](name, text) for name, text in words.items()})


def picture(trained: Trained, wish: Wish) -> NDArray[np.uint8]:
    """[H, W, C]: the grid that `ganzoo sample --grid` draws of the same seed, or one on the way to another seed."""
    latents, labels = trained.latents(wish.seed, wish.count, wish.label)
    if wish.share > 0:
        latents = spherical(latents, trained.latents(wish.to, wish.count)[0], wish.share)
    return grid(shown(trained, latents, labels, wish.truncation))


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(high)) and low <= int(text) <= high):
        raise UsageError(f"{name} `{text[:40]}`: it must be a whole number from {low} to {high}")
    return int(text)


def _number(name: str, text: str, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= high:
        raise UsageError(f"{name} `{text[:40]}`: it must be a number from 0 to {high:g}")
    return value
