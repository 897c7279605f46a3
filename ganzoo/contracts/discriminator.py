"""The network that judges images."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from ganzoo.contracts.batch import ImageShape
from ganzoo.contracts.judgement import Judgement


class Discriminator(nn.Module, ABC):
    """images [N, C, H, W] in [-1, 1], labels [N] or None -> `Judgement`: one forward gives everything.

    Attributes:
        extras: what can be asked for with `want`, beside the logits.
        group_size: images that are judged together by minibatch statistics; a group is never split. 1: none.

    Args:
        shape: what the images look like.
    """

    extras: ClassVar[frozenset[str]] = frozenset()
    group_size: int = 1

    def __init__(self, shape: ImageShape) -> None:
        super().__init__()
        self.image_size = shape.size
        self.channels = shape.channels
        self.num_classes = shape.num_classes

    @abstractmethod
    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """Judge images [N, C, H, W]; `want` is a subset of `extras`."""

    def blocks(self) -> Sequence[nn.Module]:
        """The body's parts from the image inwards, for freezing; no layer before a part is left out of all.

        By default the direct children. A part may be several modules together, in an `nn.ModuleList`.
        """
        return list(self.children())
