"""Worse images score worse, on EfficientNet-Lite0's features of the avatars that come with ganzoo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import EvaluationSection
from ganzoo.data.named import load_named
from ganzoo.evaluation import build_evaluator
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo_metrics.lite0 import EfficientNetLite0Config

COUNT = 120
BACKBONE = "efficientnet-lite0"


@dataclass(frozen=True)
class Store:
    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    fingerprint: str = "avatars"
    name: str = "avatars"


@dataclass(frozen=True)
class Halves:
    """Avatars [120, 3, 32, 32] in [-1, 1]: those compared with, and others."""

    reals: Tensor
    others: Tensor


@pytest.fixture(scope="module")
def avatars(installed: Catalogue) -> Halves:
    request = Request(recipe="dcgan", data="avatars")
    store = load_named(compose(request, installed).data, installed)
    chosen = np.linspace(0, len(store) - 1, 2 * COUNT).astype(int)
    images = torch.from_numpy(np.asarray(store.images[chosen])).permute(0, 3, 1, 2) / 127.5 - 1
    small = functional.interpolate(images, (32, 32), mode="bilinear", antialias=True)
    return Halves(small[0::2], small[1::2])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("statistics")  # of the reals, computed once for all tests here


def scores(reals: Tensor, generated: Tensor, installed: Catalogue, folder: Path, *metrics: str) -> dict[str, float]:
    section = EvaluationSection(
        metrics={name: installed.find(Kind.METRIC, name).config() for name in metrics},
        features={BACKBONE: EfficientNetLite0Config(resolution=64)},
        images=len(generated),
    )
    pixels = ((reals + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    store = Store(pixels, fingerprint=str(float(reals.sum())))
    evaluator = build_evaluator(section, installed, store, torch.device("cpu"), folder)
    evaluation = evaluator(lambda start, count: generated[start : start + count], {})
    return {name.removesuffix(f"-{BACKBONE}"): value for name, value in evaluation.scores.items()}


def noisy(images: Tensor, sigma: float) -> Tensor:
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(1))
    return (images + sigma * noise).clamp(-1, 1)


def blurred(images: Tensor) -> Tensor:
    small = functional.interpolate(images, (12, 12), mode="bilinear", antialias=True)
    return functional.interpolate(small, images.shape[-2:], mode="bicubic").clamp(-1, 1)


def test_clean_images_score_better_than_slightly_noisy_ones_and_those_better_than_very_noisy_ones(
    avatars: Halves, installed: Catalogue, folder: Path
) -> None:
    found = [
        scores(avatars.reals, noisy(avatars.others, sigma), installed, folder, "fd", "kd", "precision", "density")
        for sigma in (0, 0.04, 0.15)
    ]
    for name, sign in (("fd", 1), ("kd", 1), ("precision", -1), ("density", -1)):
        clean, slight, strong = (sign * each[name] for each in found)
        assert clean < slight < strong, name


def test_clean_images_score_better_than_blurred_ones(avatars: Halves, installed: Catalogue, folder: Path) -> None:
    clean, blurry = (
        scores(avatars.reals, images, installed, folder, "fd", "kd", "precision", "density")
        for images in (avatars.others, blurred(avatars.others))
    )
    assert clean["fd"] < blurry["fd"]
    assert clean["kd"] < blurry["kd"]
    assert clean["precision"] > blurry["precision"]
    assert clean["density"] > blurry["density"]


def test_half_the_classes_missing_lowers_recall_and_coverage(
    avatars: Halves, installed: Catalogue, folder: Path
) -> None:
    def two_classes(images: Tensor) -> Tensor:
        """Every other image upside down with its colours turned around."""
        return torch.cat([images[0::2], -images[1::2].flip(2)])

    reals, all_classes = two_classes(avatars.reals), two_classes(avatars.others)
    whole = scores(reals, all_classes, installed, folder, "recall", "coverage", "fd", "kd")
    half = scores(reals, avatars.others, installed, folder, "recall", "coverage", "fd", "kd")
    assert half["recall"] < 0.75 * whole["recall"]
    assert half["coverage"] < 0.75 * whole["coverage"]
    assert half["fd"] > whole["fd"]
    assert half["kd"] > whole["kd"]
