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
        images: [N, C, H, W] uint8; points: [N, dim, 1, 1] float32, as they are.
        labels: [N] int64, or None.
        features: [N, D] float32 of the backbone the metric asked for; None where it asked for none.
        logits: [N, K] float32, the backbone's class logits, where the metric asked for them.
    """

    images: Tensor
    labels: Tensor | None = None
    features: Tensor | None = None
    logits: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A score with what one must know to judge it.

    Attributes:
        value: finite.
        standard_error: of the value over other samples of the same two distributions, >= 0; None: not known.
        floor: what a perfect generator would get with as many images; None: not known.
        note: one line for the user, said once a run: what this value is not good for. "" for none.
    """

    value: float
    standard_error: float | None = None
    floor: float | None = None
    note: str = ""


class Metric(ABC):
    """Real images are summarised once and cached by content; each evaluation scores against the summary.

    Attributes:
        features: name of the backbone whose features `Sample.features` holds; None: pixels alone.
        logits: asks for `Sample.logits` too, of a backbone that tells classes apart.
        min_images: fewer images than this, on either side it reads, are an error before training starts.
    """

    features: str | None = None
    logits: bool = False
    min_images: int = 2

    @abstractmethod
    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """What `score` needs to know of the reals, as named tensors. Empty where reals do not matter."""

    def merge(self, parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """One summary of several processes' parts. By default each tensor is joined along its first axis."""
        import torch  # already loaded where tensors exist

        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}

    @abstractmethod
    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> Mapping[str, float | Score]:
        """One or more named scores, each a number or a `Score`; never NaN.

        Raises:
            UsageError: the sets are too small or degenerate for this score; the message says what is needed.
        """
