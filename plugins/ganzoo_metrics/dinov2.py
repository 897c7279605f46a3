"""DINOv2's features, learned without labels: they agree with people better than Inception's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from ganzoo.contracts.features import FeatureExtractor
from ganzoo.plugin import FeaturesConfig, FeaturesSpec
from ganzoo_metrics.batched import batched
from ganzoo_metrics.weights_file import NOT_WEIGHTS, WeightsFile

if TYPE_CHECKING:
    from torch import Tensor

NAME = "dinov2"
SIZE = 224
URL = "https://dl.fbaipublicfiles.com/dinov2/dinov2_{0}/dinov2_{0}_pretrain.pth"
SHAPES = {"vits14": (384, 12, 6), "vitb14": (768, 12, 12), "vitl14": (1024, 24, 16)}
"""Width, blocks, heads."""
MEGABYTES = {"vits14": 88, "vitb14": 346, "vitl14": 1217}


class DINOv2Config(FeaturesConfig):
    """Settings of DINOv2 as a backbone."""

    variant: Literal["vits14", "vitb14", "vitl14"] = "vits14"
    """Size of the transformer. The literature's figures are of `vitl14`, which takes 15 times as long as `vits14`;
    scores of two sizes cannot be compared."""
    weights: str | None = None
    """Path of `dinov2_<variant>_pretrain.pth`; none: it is downloaded once."""


class DINOv2Features(FeatureExtractor):
    """The class token after the last norm, at 224 x 224.

    The network follows the images to their device. Only weights are downloaded, no code.
    """

    def __init__(self, config: DINOv2Config) -> None:
        import torch

        from ganzoo_metrics.dinov2_network import Shape, load_network

        file = weights_of(config.variant)
        content = file.read(config.weights)
        shape = Shape(*SHAPES[config.variant])
        try:
            self.network = load_network(content, shape)
        except NOT_WEIGHTS as error:
            raise file.refused(config.weights, str(error).partition("\n")[0]) from error
        self.name = NAME
        self.dim = shape.dim
        # ImageNet's mean and spread, which the networks were trained with.
        self.mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
        self.spread = torch.tensor([0.229, 0.224, 0.225])[:, None, None]
        self.protocol = {
            "weights_sha256": hashlib.sha256(content).hexdigest(),
            "variant": config.variant,
            "input": f"{SIZE} x {SIZE}",
            "resize": "bicubic, antialiased, float32",
            "normalisation": "ImageNet's mean and spread",
            "features": f"class token, {shape.dim}",
            "precision": "float32",
        }

    def __call__(self, images: Tensor) -> Tensor:
        """Features [N, dim] of images [N, C, H, W] uint8."""
        self.network.to(images.device)
        self.mean, self.spread = self.mean.to(images.device), self.spread.to(images.device)
        return batched(self._features, images)

    def _features(self, images: Tensor) -> Tensor:
        from torch.nn.functional import interpolate

        size = (SIZE, SIZE)
        resized = interpolate(images.float(), size, mode="bicubic", antialias=True, align_corners=False)
        features: Tensor = self.network((resized.clamp(0, 255) / 255 - self.mean) / self.spread)
        return features


def weights_of(variant: Literal["vits14", "vitb14", "vitl14"]) -> WeightsFile:
    """The file of a variant's weights; Meta publishes no digest of it."""
    url = URL.format(variant)
    ways_out = f"""\
connect once, so that the weights can be downloaded ({MEGABYTES[variant]} MB; they are kept for later runs)
or download {url} elsewhere and say where it is: `--set evaluation.features.dinov2.weights=PATH`
or use the backbone `efficientnet-lite0`, which is installed with ganzoo"""
    return WeightsFile(f"DINOv2's {variant} weights", "the backbone `dinov2` needs", url, "", ways_out)


SPEC = FeaturesSpec(
    name=NAME,
    summary="DINOv2's transformer, 384 to 1024 features learned without labels; its weights are downloaded once",
    source="Oquab et al. 2023, DINOv2, arXiv:2304.07193; as a backbone: Stein et al. 2023, Exposing flaws of "
    "generative model evaluation metrics, arXiv:2306.04675",
    config=DINOv2Config,
    build=DINOv2Features,
)
