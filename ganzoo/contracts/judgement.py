"""What a discriminator answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Judgement:
    """One forward of the discriminator.

    Attributes:
        logits: [N], or [N, J] for patches or several heads. Unbounded; the loss says what they mean.
        extras: what was asked for with `want` and only that: "features", "class_logits", "reconstruction" ...
            Each [N, ...].
    """

    logits: Tensor
    extras: Mapping[str, Tensor] = field(default_factory=dict)
