"""Images to score, made by all processes of a run, each its share."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganzoo.contracts.batch import are_points
from ganzoo.evaluation.evaluator import Draw
from ganzoo.evaluation.quantise import as_shown, dequantise
from ganzoo.training.ranks import Ranks
from ganzoo.training.sampling import BATCH


def own_share(draw: Draw, count: int, ranks: Ranks) -> Tensor:
    """This process's images of 0 ... count - 1, as they are shown, on the CPU; whole batches of the generator's."""
    each = math.ceil(count / BATCH / ranks.count) * BATCH
    first, last = min(count, ranks.rank * each), min(count, (ranks.rank + 1) * each)
    parts = [as_shown(draw(at, min(BATCH, last - at))).cpu() for at in range(first, last, BATCH)]
    return torch.cat(parts) if parts else as_shown(draw(0, 1)).cpu()[:0]


def from_shares(shares: list[Tensor]) -> Draw:
    """The images as a generator would give them: quantised once more, they are what they were."""
    images = torch.cat(shares)

    def draw(start: int, count: int) -> Tensor:
        asked = images[start : start + count]
        return asked if are_points(asked) else dequantise(asked)

    return draw
