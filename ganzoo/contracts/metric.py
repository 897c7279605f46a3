"""A score of generated images."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Sample:
    """A set of images as every metric reads it: quantised once, features computed once.

    Attributes:
        images: [N, C, H, W] uint8.
        labels: [N] int64, or None.
        features: [N, D] float32 of the backbone the metric asked for; None where it asked for none.
    """

    images: Tensor
    labels: Tensor | None = None
    features: Tensor | None = None


class Metric(ABC):
    """Real images are summarised once and cached by content; each evaluation scores against the summary.

    Attributes:
        features: name of the backbone whose features `Sample.features` holds; None: pixels alone.
    """

    features: str | None = None

    @abstractmethod
    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """What `score` needs to know of the reals, as named tensors. Empty where reals do not matter."""

    def merge(self, parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """One summary of several processes' parts. By default each tensor is joined along its first axis."""
        import torch  # already loaded where tensors exist

        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}

    @abstractmethod
    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, float]:
        """One or more named scores; never NaN.

        Raises:
            UsageError: the sets are too small or degenerate for this score; the message says what is needed.
        """
