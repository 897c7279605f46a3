"""Inception v3's features as FID uses them: TensorFlow's 2015 weights, converted by torch-fidelity."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from ganzoo.contracts.features import FeatureExtractor
from ganzoo.plugin import FeaturesConfig, FeaturesSpec, UsageError
from ganzoo_metrics.batched import batched
from ganzoo_metrics.inception_weights import WAYS_OUT, read_weights
from ganzoo_metrics.weights_file import NOT_WEIGHTS

if TYPE_CHECKING:
    from torch import Tensor, nn

NAME = "inception-v3"
LAYER = "2048"
CLASSES = 1008
"""Of the layer: ImageNet's 1000 and a few that were never trained."""


class InceptionV3Config(FeaturesConfig):
    """Settings of Inception v3 as a backbone."""

    weights: str | None = None
    """Path of torch-fidelity's `weights-inception-2015-12-05-6726825d.pth`; none: it is downloaded once."""


class InceptionV3Features(FeatureExtractor):
    """The last pooled features, [N, 2048], at 299 x 299 resized as TensorFlow 1 did.

    The network follows the images to their device.
    """

    def __init__(self, config: InceptionV3Config) -> None:
        from importlib.metadata import version

        content = read_weights(config.weights)
        self.name = NAME
        self.dim = int(LAYER)
        self.classes = CLASSES
        self.network = _network(content, config.weights or "the downloaded weights")
        self.protocol = {
            "weights_sha256": hashlib.sha256(content).hexdigest(),
            "input": "299 x 299",
            "resize": "bilinear, not antialiased, as TensorFlow 1",
            "normalisation": "(x - 128) / 128",
            "features": "pool3, 2048",
            "precision": "float32",
            "torch_fidelity": version("torch-fidelity"),
        }

    def __call__(self, images: Tensor) -> Tensor:
        """Features [N, 2048] of images [N, C, H, W] uint8."""
        self.network.to(images.device)
        return batched(self._features, images)

    def logits(self, features: Tensor) -> Tensor:
        """Logits [N, 1008] without the bias, which the Inception score of the field leaves out."""
        weight = self.network.get_parameter("fc.weight")
        return features @ weight.detach().T.to(features.device)

    def _features(self, images: Tensor) -> Tensor:
        features: Tensor = self.network(images)[0]
        return features


def _network(content: bytes, name: str) -> nn.Module:
    import torch
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    # torch-fidelity reads the file with weights_only=False, which runs what a pickle says. It is given what was read
    # safely, written anew: no byte of the file reaches it.
    try:
        weights = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        clean = io.BytesIO()
        torch.save({str(key): torch.as_tensor(value) for key, value in weights.items()}, clean)
        clean.seek(0)
        with torch.random.fork_rng(devices=[]):  # its layers draw their initial weights, which nobody uses
            network: nn.Module = FeatureExtractorInceptionV3(NAME, [LAYER], feature_extractor_weights_path=clean)
    except NOT_WEIGHTS as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(f"{name}: not torch-fidelity's Inception weights: {reason}", hint=WAYS_OUT) from error
    return network


SPEC = FeaturesSpec(
    name=NAME,
    summary="Inception v3 on ImageNet, 2048 features, the backbone of FID; its weights are downloaded once",
    source="Szegedy et al. 2016, Rethinking the Inception Architecture, arXiv:1512.00567",
    config=InceptionV3Config,
    build=InceptionV3Features,
)
