"""The metrics that come with ganzoo, through the evaluator, on EfficientNet-Lite0's real features."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

import ganzoo_metrics
from ganzoo.config.models import EvaluationSection
from ganzoo.errors import UsageError
from ganzoo.evaluation import Evaluation, build_evaluator
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind, Offer, Plugin, Status
from ganzoo_metrics import lite0

IMAGES = 40


@dataclass(frozen=True)
class Store:
    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    fingerprint: str = "blobs-1"
    name: str = "blobs"


def blobs(count: int, seed: int) -> Tensor:
    """Smooth images [N, 3, 16, 16] in [-1, 1]."""
    coarse = torch.randn(count, 3, 4, 4, generator=torch.Generator().manual_seed(seed)) * 0.5
    return torch.nn.functional.interpolate(coarse, (16, 16), mode="bicubic").clamp(-1, 1)


def pixels(images: Tensor) -> NDArray[np.uint8]:
    return ((images + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()


def catalogue() -> Catalogue:
    offers = [Offer(Kind.METRIC, spec, "pyganzoo") for spec in ganzoo_metrics.ganzoo_metrics()]
    offers += [Offer(Kind.FEATURES, spec, "pyganzoo") for spec in ganzoo_metrics.ganzoo_features()]
    return Catalogue([Plugin("metrics", "ganzoo_metrics", "pyganzoo", "0", Status.LOADED, offers=tuple(offers))])


def evaluate(generated: Tensor, cache: Path, *metrics: str) -> Evaluation:
    known = catalogue()
    section = EvaluationSection(
        metrics={name: known.find(Kind.METRIC, name).config() for name in metrics}, images=len(generated)
    )
    evaluator = build_evaluator(section, known, Store(pixels(blobs(IMAGES, 0))), torch.device("cpu"), cache)
    return evaluator(lambda start, count: generated[start : start + count], {"weights": "ema"})


def test_scores_are_named_for_their_backbone_and_know_their_direction(tmp_path: Path) -> None:
    evaluation = evaluate(blobs(IMAGES, 1), tmp_path, "fd", "kd", "ssim")
    assert evaluation.directions == {
        "fd-efficientnet-lite0": True,
        "kd-efficientnet-lite0": True,
        "ssim": None,
    }
    assert evaluation.scores.keys() == evaluation.directions.keys()
    backbones = evaluation.protocol["backbones"]
    assert isinstance(backbones, dict)
    assert backbones.keys() == {lite0.NAME}


def test_reals_against_themselves_are_no_distance_and_noise_is_farther(tmp_path: Path) -> None:
    reals = torch.from_numpy(pixels(blobs(IMAGES, 0))).permute(0, 3, 1, 2) / 127.5 - 1
    noise = torch.randn(reals.shape, generator=torch.Generator().manual_seed(1))
    found = [evaluate(reals + noise * sigma, tmp_path, "fd").scores["fd-efficientnet-lite0"] for sigma in (0, 0.1, 0.5)]
    assert found[0] == pytest.approx(0, abs=1e-3)
    assert found[0] < found[1] < found[2]


@pytest.mark.parametrize("generated", [blobs(1, 1).repeat(30, 1, 1, 1), blobs(2, 1)], ids=["one repeated", "two"])
def test_a_collapsed_generator_has_finite_scores(generated: Tensor, tmp_path: Path) -> None:
    scores = evaluate(generated, tmp_path, "fd", "kd", "ssim").scores
    assert all(np.isfinite(value) for value in scores.values())


def test_fid_without_its_weights_fails_while_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    known = catalogue()
    section = EvaluationSection(metrics={"fid": known.find(Kind.METRIC, "fid").config()})
    with pytest.raises(UsageError, match="cannot be downloaded: timed out"):
        build_evaluator(section, known, Store(pixels(blobs(4, 0))), torch.device("cpu"), tmp_path)
