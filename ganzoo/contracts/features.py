"""A backbone: the network whose features metrics compare."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from ganzoo.errors import ContractError

if TYPE_CHECKING:
    from torch import Tensor


class FeatureExtractor(ABC):
    """images [N, C, H, W] uint8 -> features [N, dim] float32.

    Attributes:
        name: the backbone's name, part of every score made with it.
        dim: length of a feature vector.
        classes: how many classes its logits tell apart; None: it has none.
        protocol: what makes two scores comparable: weights' sha256, input size, resize filter, normalisation.
    """

    name: str
    dim: int
    classes: int | None = None
    protocol: dict[str, str]

    @abstractmethod
    def __call__(self, images: Tensor) -> Tensor:
        """Features of images in any size; one channel is repeated, an alpha channel is left out.

        Computed where the images are: the network follows their device.
        """

    def logits(self, features: Tensor) -> Tensor:
        """Class logits [N, classes] float32 of features [N, dim], for a backbone whose `classes` is a number.

        The last layer alone: no image is looked at again.

        Raises:
            ContractError: this backbone has none.
        """
        raise ContractError(f"the backbone `{self.name}` has no classes")
