"""Images kept from training, to tell what D learnt by heart from what it learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 16
"""Held-out images below which none are held out: they would tell nothing, and a small set needs all it has."""


def split(count: int, share: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the images to train on and of those held out, each ascending; a function of the arguments alone.

    Args:
        count: images in the store.
        share: to hold out, in [0, 0.5].
    """
    held_out = round(count * share)
    order = np.argsort(np.random.Philox(key=2020).random_raw(count), kind="stable")
    if held_out < FEWEST:
        held_out = 0
    return np.sort(order[held_out:]), np.sort(order[:held_out])
