"""Mean perceptual distance of pairs of generated images: what a collapsed generator lets fall to 0."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Literal

from ganzoo.plugin import MetricSpec, UsageError
from ganzoo_metrics.batched import rgb
from ganzoo_metrics.pairs import PairsConfig, PairwiseMetric
from ganzoo_metrics.weights_file import NOT_WEIGHTS, WeightsFile

if TYPE_CHECKING:
    from torch import Tensor, nn

SMALLEST = 64
"""Pixels; smaller images are enlarged, for the networks have no layer left to compare them by."""
BASE = "https://download.pytorch.org/models/"
FILES = {"alex": ("alexnet-owt-7be5be79.pth", 233), "squeeze": ("squeezenet1_1-b8a52dc0.pth", 5)}
"""torchvision's ImageNet weights, whose names end with how their sha256 begins, and their size in MB."""
SLICE = re.compile(r"^slice(\d|s\.\d)\.")


class LPIPSDiversityConfig(PairsConfig):
    """Settings of the pairwise perceptual distance."""

    network: Literal["alex", "squeeze"] = "alex"
    """AlexNet, which the authors recommend, or the much smaller SqueezeNet; their distances cannot be compared."""
    weights: str | None = None
    """Path of torchvision's ImageNet weights of that network; none: they are downloaded once."""


def build(config: LPIPSDiversityConfig) -> PairwiseMetric:
    """The metric with its network.

    Raises:
        UsageError: the weights cannot be had.
    """
    network = load_network(config.network, weights_of(config.network).read(config.weights), config.weights)

    def distance(first: Tensor, second: Tensor) -> Tensor:
        import torch

        with torch.inference_mode():
            distances: Tensor = network(_prepared(first), _prepared(second))
        return distances.reshape(-1).cpu()

    return PairwiseMetric("lpips-diversity", distance, config)


def weights_of(network: Literal["alex", "squeeze"]) -> WeightsFile:
    """The file of a network's weights."""
    name, megabytes = FILES[network]
    ways_out = f"""\
connect once, so that the weights can be downloaded ({megabytes} MB; they are kept for later runs)
or download {BASE}{name} elsewhere and say where it is: `--metric lpips-diversity:network={network},weights=PATH`
or use the metric `ssim` or `ms-ssim`, which need no weights"""
    digest = name.removesuffix(".pth").rpartition("-")[2]
    return WeightsFile(f"{network.title()}Net's weights", "`lpips-diversity` needs", BASE + name, digest, ways_out)


def load_network(name: Literal["alex", "squeeze"], content: bytes, path: str | None) -> nn.Module:
    """torchmetrics' LPIPS, whose own small weights it brings along, on a backbone with these weights.

    Raises:
        UsageError: they are not that network's weights.
    """
    import torch

    # Not public, but the public class always downloads the backbone, and takes no file.
    from torchmetrics.functional.image.lpips import _NoTrainLpips

    with torch.random.fork_rng(devices=[]):  # layers draw their initial weights, which nobody uses
        network: nn.Module = _NoTrainLpips(net=name, pnet_rand=True)
    backbone = network.get_submodule("net")
    try:
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        # torchmetrics cuts the layers into slices: `slice2.3.weight` is torchvision's `features.3.weight`.
        names = {name: SLICE.sub("features.", name) for name in backbone.state_dict()}
        backbone.load_state_dict({name: state[original] for name, original in names.items()})
    except NOT_WEIGHTS as error:
        reason = str(error).partition("\n")[0]
        message = f"{path or 'the downloaded file'}: not torchvision's weights of {name}: {reason}"
        raise UsageError(message, hint=weights_of(name).ways_out) from error
    return network.requires_grad_(False).eval()


def _prepared(images: Tensor) -> Tensor:
    """[N, C, H, W] uint8 -> [N, 3, H, W] in [-1, 1], at least 64 pixels wide."""
    from torch.nn.functional import interpolate

    scaled = rgb(images).float() / 127.5 - 1
    if scaled.shape[-1] >= SMALLEST:
        return scaled
    return interpolate(scaled, (SMALLEST, SMALLEST), mode="bilinear", align_corners=False)


SPEC = MetricSpec(
    name="lpips-diversity",
    summary="mean perceptual distance of pairs of generated images: falls when the generator collapses; has a download",
    source="Zhang et al. 2018, The Unreasonable Effectiveness of Deep Features, arXiv:1801.03924; pairs as in Huang et "
    "al. 2018, arXiv:1804.04732",
    config=LPIPSDiversityConfig,
    build=build,
    lower_is_better=None,
    needs_reals=False,
)
