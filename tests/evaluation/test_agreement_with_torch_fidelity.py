"""The same uint8 images through ganzoo's evaluator and through torch-fidelity, with one registered extractor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
import torch_fidelity
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import Dataset
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

from ganzoo.contracts.features import FeatureExtractor
from ganzoo.evaluation import Evaluation, Evaluator
from ganzoo.evaluation.scorers import Scorer
from ganzoo_metrics import fd, kd, precision, recall

EXTRACTOR = "ganzoo-random-convolutions"
DIM = 48


def network() -> nn.Module:
    """uint8 [N, 3, H, W] -> [N, 48], with random weights that are always the same."""
    generator = torch.Generator().manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2), nn.ReLU(), nn.Conv2d(16, DIM, 3, stride=2), nn.ReLU())
    for parameter in layers.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator) * (0.3 if parameter.dim() > 1 else 0.1)
    return layers.requires_grad_(False).eval()


def features_of(images: Tensor) -> Tensor:
    return network()(images.float() / 127.5 - 1).mean(dim=(2, 3))


class ForTorchFidelity(FeatureExtractorBase):
    def __init__(self, name: str, features_list: list[str], **_: object) -> None:
        super().__init__(name, features_list)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        return (features_of(images),)

    @staticmethod
    def get_provided_features_list() -> tuple[str]:
        return ("all",)

    @staticmethod
    def get_default_feature_layer_for_metric(metric: str) -> str:
        return "all"

    @staticmethod
    def can_be_compiled() -> bool:
        return False


class ForGanzoo(FeatureExtractor):
    name = EXTRACTOR
    dim = DIM

    def __init__(self) -> None:
        self.protocol = {"weights": "seed 0"}

    def __call__(self, images: Tensor) -> Tensor:
        return features_of(images)


class Images(Dataset[Tensor]):
    def __init__(self, images: Tensor) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return self.images[index]


@dataclass(frozen=True)
class Store:
    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    fingerprint: str = "blobs"
    name: str = "blobs"


def blobs(count: int, seed: int, *, spread: float = 60, noise: float = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(count, 3, 4, 4, generator=generator) * spread + 128
    images = nn.functional.interpolate(coarse, (16, 16), mode="bicubic")
    return (images + noise * torch.randn(images.shape, generator=generator)).clamp(0, 255).round().to(torch.uint8)


def ours(real: Tensor, fake: Tensor, cache: Path) -> Evaluation:
    metrics = {
        "fd": fd.FrechetDistance(EXTRACTOR, "fd"),
        "kd": kd.KernelDistance(EXTRACTOR, "kd", 5000),
        "precision": precision.Precision("precision", EXTRACTOR, 3),
        "recall": recall.Recall("recall", EXTRACTOR, 3),
    }
    scorers = [Scorer(name, metric, True, True, {}, "pyganzoo 0") for name, metric in metrics.items()]
    store = Store(real.permute(0, 2, 3, 1).numpy())
    backbones = {EXTRACTOR: ForGanzoo()}
    evaluator = Evaluator(scorers, backbones, store, len(fake), torch.device("cpu"), cache)
    return evaluator(lambda start, count: fake[start : start + count] / 127.5 - 1, {})


def theirs(real: Tensor, fake: Tensor, cache: Path) -> dict[str, float]:
    found = torch_fidelity.calculate_metrics(
        input1=Images(fake),
        input2=Images(real),
        feature_extractor=EXTRACTOR,
        fid=True,
        kid=True,
        prc=True,
        kid_subsets=1,
        kid_subset_size=len(real),
        cuda=False,
        save_cpu_ram=True,
        cache_root=str(cache),
        verbose=False,
    )
    return {
        "fd": found["frechet_inception_distance"],
        "kd": found["kernel_inception_distance_mean"],
        "precision": found["precision"],
        "recall": found["recall"],
    }


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FEATURE_EXTRACTORS_REGISTRY, EXTRACTOR, ForTorchFidelity)


@pytest.mark.parametrize(
    ("real", "fake"),
    [
        (blobs(200, 1), blobs(200, 2)),
        (blobs(200, 1), blobs(200, 2, noise=20)),
        (blobs(200, 1), blobs(200, 2, spread=20)),
        (blobs(200, 1), blobs(1, 2).repeat(200, 1, 1, 1)),
        (blobs(30, 1), blobs(30, 2, noise=40)),
    ],
    ids=["one distribution", "noise", "less contrast", "one image repeated", "fewer images than features"],
)
def test_scores_agree_with_torch_fidelity_on_the_same_images(real: Tensor, fake: Tensor, tmp_path: Path) -> None:
    scores = ours(real, fake, tmp_path / "ours").scores
    found = [scores["fd"], scores["kd"], scores[f"precision-{EXTRACTOR}"], scores[f"recall-{EXTRACTOR}"]]
    expected = theirs(real, fake, tmp_path / "theirs")
    assert found == pytest.approx(list(expected.values()), rel=1e-3)


def test_scores_are_computed_on_the_images_as_they_are(tmp_path: Path) -> None:
    real = blobs(60, 1)
    scores = ours(real, real, tmp_path).scores
    assert scores["fd"] == pytest.approx(0, abs=1e-9)
    assert scores[f"precision-{EXTRACTOR}"] == scores[f"recall-{EXTRACTOR}"] == 1
