"""Images to score, and their features, made by all processes of a run, each its share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.contracts.batch import are_points
from ganzoo.evaluation.evaluator import Draw, Features
from ganzoo.evaluation.quantise import as_shown, dequantise
from ganzoo.training.ranks import Ranks
from ganzoo.training.sampling import BATCH


@dataclass(frozen=True, slots=True)
class Share:
    """What one process made.

    Attributes:
        images: [n, C, H, W] uint8 or points, as they are shown, on the CPU; n may be 0.
        features: of these images, [n, D] float32 on the CPU, by backbone; none of no images.
    """

    images: Tensor
    features: Features


def own_share(draw: Draw, count: int, ranks: Ranks, features_of: Callable[[Tensor], Features]) -> Share:
    """This process's of the images 0 ... count - 1; whole batches of the generator's, which the backbones take too."""
    each = math.ceil(count / BATCH / ranks.count) * BATCH
    first, last = min(count, ranks.rank * each), min(count, (ranks.rank + 1) * each)
    parts = [as_shown(draw(at, min(BATCH, last - at))).cpu() for at in range(first, last, BATCH)]
    if not parts:
        return Share(as_shown(draw(0, 1)).cpu()[:0], {})
    images = torch.cat(parts)
    return Share(images, features_of(images))


def from_shares(shares: Sequence[Share]) -> tuple[Draw, Features]:
    """The images as a generator would give them (quantised once more, they are what they were), and their features."""
    images = torch.cat([share.images for share in shares])
    several: Mapping[str, list[Tensor]] = {
        name: [share.features[name] for share in shares if share.features] for name in shares[0].features
    }

    def draw(start: int, count: int) -> Tensor:
        asked = images[start : start + count]
        return asked if are_points(asked) else dequantise(asked)

    return draw, {name: torch.cat(parts) for name, parts in several.items()}
