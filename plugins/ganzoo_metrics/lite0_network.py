"""EfficientNet-Lite0: MobileNet blocks without squeeze-and-excitation, with ReLU6 throughout.

Source: Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", table 1,
in the Lite variant of 2020 (no squeeze-and-excitation, ReLU6 for swish, stem and head not scaled).
"""

from __future__ import annotations

import io
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

FEATURES = 1280
CLASSES = 1000


class Stage(NamedTuple):
    """Blocks in a row of one width; the first one strides."""

    kernel: int
    stride: int
    expansion: int
    channels: int
    blocks: int


STEM_CHANNELS = 32
STAGES = (
    Stage(kernel=3, stride=1, expansion=1, channels=16, blocks=1),
    Stage(kernel=3, stride=2, expansion=6, channels=24, blocks=2),
    Stage(kernel=5, stride=2, expansion=6, channels=40, blocks=2),
    Stage(kernel=3, stride=2, expansion=6, channels=80, blocks=3),
    Stage(kernel=5, stride=1, expansion=6, channels=112, blocks=3),
    Stage(kernel=5, stride=2, expansion=6, channels=192, blocks=4),
    Stage(kernel=3, stride=1, expansion=6, channels=320, blocks=1),
)


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow's "SAME": ceil(size / stride) out, an odd pixel right and bottom.

    The weights were trained with that padding; a symmetric one shifts every strided layer by half a pixel.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        """[N, inputs, H, W] -> [N, outputs, ceil(H / stride), ceil(W / stride)]."""
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        before_h, after_h = _same_padding(images.shape[-2], kernel, stride)
        before_w, after_w = _same_padding(images.shape[-1], kernel, stride)
        return super().forward(functional.pad(images, (before_w, after_w, before_h, after_h)))


def _same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _folded(convolution: SameConv2d, norm: nn.Module) -> tuple[SameConv2d, nn.Module]:
    assert isinstance(norm, nn.BatchNorm2d), "norms are folded once"
    return fuse_conv_bn_eval(convolution, norm), nn.Identity()


def _relu6(hidden: Tensor) -> Tensor:
    return functional.relu6(hidden, inplace=True)  # nothing else reads a convolution's output


# The weights file fixes the attributes' names below: it is loaded with strict=True.


class Block(nn.Module):
    """Expand, filter each channel, project; added to its input where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = inputs * expansion
        self.expands = expansion > 1
        self.adds = stride == 1 and inputs == outputs
        if self.expands:
            self._expand_conv = SameConv2d(inputs, hidden, 1)
            self._bn0: nn.Module = _norm(hidden)
        self._depthwise_conv = SameConv2d(hidden, hidden, kernel, stride, groups=hidden)
        self._bn1: nn.Module = _norm(hidden)
        self._project_conv = SameConv2d(hidden, outputs, 1)
        self._bn2: nn.Module = _norm(outputs)

    def forward(self, images: Tensor) -> Tensor:
        """[N, inputs, H, W] -> [N, outputs, ceil(H / stride), ceil(W / stride)]."""
        hidden = _relu6(self._bn0(self._expand_conv(images))) if self.expands else images
        hidden = _relu6(self._bn1(self._depthwise_conv(hidden)))
        outputs: Tensor = self._bn2(self._project_conv(hidden))
        return images + outputs if self.adds else outputs

    def fold_norms(self) -> None:
        """As `EfficientNetLite0.fold_norms`."""
        if self.expands:
            self._expand_conv, self._bn0 = _folded(self._expand_conv, self._bn0)
        self._depthwise_conv, self._bn1 = _folded(self._depthwise_conv, self._bn1)
        self._project_conv, self._bn2 = _folded(self._project_conv, self._bn2)


class EfficientNetLite0(nn.Module):
    """Normalised images [N, 3, H, W] -> mean-pooled last features [N, 1280], after a ReLU6: in [0, 6]."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, STEM_CHANNELS, 3, stride=2)
        self._bn0: nn.Module = _norm(STEM_CHANNELS)
        blocks: list[Block] = []
        channels = STEM_CHANNELS
        for stage in STAGES:
            for index in range(stage.blocks):
                stride = stage.stride if index == 0 else 1
                blocks.append(Block(channels, stage.channels, stage.kernel, stride, stage.expansion))
                channels = stage.channels
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = SameConv2d(channels, FEATURES, 1)
        self._bn1: nn.Module = _norm(FEATURES)
        self._fc = nn.Linear(FEATURES, CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """Features [N, 1280] of normalised images [N, 3, H, W]."""
        hidden = _relu6(self._bn0(self._conv_stem(images)))
        return _relu6(self._bn1(self._conv_head(self._blocks(hidden)))).mean(dim=(2, 3))

    def fold_norms(self) -> None:
        """Put each BatchNorm into the convolution before it: the same function in two thirds of the time."""
        self._conv_stem, self._bn0 = _folded(self._conv_stem, self._bn0)
        for block in self._blocks:
            assert isinstance(block, Block)
            block.fold_norms()
        self._conv_head, self._bn1 = _folded(self._conv_head, self._bn1)

    def logits(self, features: Tensor) -> Tensor:
        """ImageNet class logits [N, 1000] of features [N, 1280]: a check that the weights fit the layout."""
        logits: Tensor = self._fc(features)
        return logits


def load_network(weights: bytes) -> EfficientNetLite0:
    """The network with the weights of a state dict file's content, in eval mode, without gradients.

    Raises:
        RuntimeError: the weights are of another network.
    """
    with torch.device("meta"):  # nothing is initialised, so no random number is drawn
        network = EfficientNetLite0()
    state = torch.load(io.BytesIO(weights), map_location="cpu", weights_only=True)
    network.load_state_dict(state, strict=True, assign=True)
    network.eval()
    network.fold_norms()
    return network.requires_grad_(False).to(memory_format=torch.channels_last)
