"""Scores that look at generated images alone: how alike they are, pair by pair, and the Inception score."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_isc import KEY_METRIC_ISC_MEAN, KEY_METRIC_ISC_STD, isc_features_to_metric
from torchvision.models import squeezenet1_1

from ganzoo.contracts.metric import Sample
from ganzoo.plugin import ContractError, UsageError
from ganzoo_metrics import lpips_diversity, ms_ssim, ssim
from ganzoo_metrics.inception_score import InceptionScore, InceptionScoreConfig
from ganzoo_metrics.lite0 import EfficientNetLite0Config, EfficientNetLite0Features
from ganzoo_metrics.pairs import PairwiseMetric


def images(count: int, size: int = 16, channels: int = 3, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(256, (count, channels, size, size), generator=generator, dtype=torch.uint8)


# Pairs


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("ssim", ssim.build(ssim.SSIMConfig(per_class=True))),
        ("ms-ssim", ms_ssim.PairwiseMultiScaleSSIM(ms_ssim.MultiScaleSSIMConfig(per_class=True))),
    ],
)
def test_collapsed_classes_show_within_classes_though_not_over_all(name: str, metric: PairwiseMetric) -> None:
    classes = images(4, size=44).repeat_interleave(10, dim=0)  # four images, each repeated as a class
    labels = torch.arange(4).repeat_interleave(10)
    scores = metric.score({}, Sample(classes, labels))
    assert scores[f"{name}-within-class"].value == pytest.approx(1, abs=1e-4)
    assert scores[name].value < 0.5
    assert [scores[f"{name}-class-{label}"].value for label in range(4)] == pytest.approx([1] * 4, abs=1e-4)


def test_scores_of_classes_need_labels_and_two_images_a_class() -> None:
    metric = ssim.build(ssim.SSIMConfig(per_class=True))
    assert metric.score({}, Sample(images(5))).keys() == {"ssim"}
    assert metric.score({}, Sample(images(5), torch.arange(5))).keys() == {"ssim"}
    found = metric.score({}, Sample(images(5), torch.tensor([0, 0, 7, 7, 3])))
    assert found.keys() == {"ssim", "ssim-within-class", "ssim-class-0", "ssim-class-7"}
    assert "ssim-class-0" not in ssim.build(ssim.SSIMConfig()).score({}, Sample(images(5), torch.zeros(5).long()))


def test_the_standard_error_of_a_mean_over_pairs_falls_with_the_pairs() -> None:
    sample = Sample(images(60))
    few, many = (ssim.build(ssim.SSIMConfig(pairs=pairs)).score({}, sample)["ssim"] for pairs in (20, 500))
    assert few.standard_error is not None
    assert many.standard_error is not None
    assert many.standard_error < few.standard_error
    assert abs(few.value - many.value) < 5 * few.standard_error


# Multi-scale SSIM


@pytest.mark.parametrize("size", [4, 5, 8, 11, 16, 21, 22, 32, 44, 63, 64, 100, 176, 256])
@pytest.mark.parametrize("channels", [1, 4])
def test_ms_ssim_of_one_image_repeated_is_one_at_any_size(size: int, channels: int) -> None:
    repeated = Sample(images(1, size, channels).expand(3, -1, -1, -1))
    score = ms_ssim.PairwiseMultiScaleSSIM(ms_ssim.MultiScaleSSIMConfig()).score({}, repeated)["ms-ssim"]
    assert score.value == pytest.approx(1, abs=1e-4)
    assert bool(score.note) == (size < 176)


def test_ms_ssim_has_as_many_scales_as_the_window_fits_into() -> None:
    assert [ms_ssim.scales_of(size) for size in (8, 21, 22, 43, 44, 98, 99, 176, 1024)] == [1, 1, 2, 2, 3, 3, 4, 5, 5]


def test_ms_ssim_of_opposite_images_is_a_number() -> None:
    board = (torch.arange(64)[:, None] + torch.arange(64)) % 2 * 255
    opposite = torch.stack([board, 255 - board])[:, None].to(torch.uint8)
    metric = ms_ssim.PairwiseMultiScaleSSIM(ms_ssim.MultiScaleSSIMConfig())
    assert 0 <= metric.score({}, Sample(opposite))["ms-ssim"].value < 0.1


def test_ms_ssim_falls_as_images_differ_more() -> None:
    one = torch.nn.functional.interpolate(images(1, 8).float(), (64, 64), mode="bicubic")
    noise = torch.randn(6, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    metric = ms_ssim.PairwiseMultiScaleSSIM(ms_ssim.MultiScaleSSIMConfig())
    found = [
        metric.score({}, Sample((one + sigma * noise).clamp(0, 255).byte()))["ms-ssim"].value for sigma in (0, 20, 80)
    ]
    assert found == sorted(found, reverse=True)


# LPIPS


@pytest.fixture
def squeeze_weights(tmp_path: Path) -> Path:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        state = squeezenet1_1(weights=None).state_dict()
    torch.save(state, tmp_path / "squeezenet.pth")
    return tmp_path / "squeezenet.pth"


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_lpips_of_pairs_is_zero_for_one_image_and_more_for_several(squeeze_weights: Path, channels: int) -> None:
    before = torch.random.get_rng_state()
    metric = lpips_diversity.build(
        lpips_diversity.LPIPSDiversityConfig(network="squeeze", weights=str(squeeze_weights), pairs=20)
    )
    assert torch.equal(before, torch.random.get_rng_state())
    repeated = metric.score({}, Sample(images(1, 16, channels).repeat(4, 1, 1, 1)))["lpips-diversity"].value
    assert repeated == pytest.approx(0, abs=1e-6)
    assert metric.score({}, Sample(images(4, 16, channels)))["lpips-diversity"].value > 0.01


def test_lpips_is_torchmetrics_own_on_the_same_weights(squeeze_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchmetrics.functional.image import learned_perceptual_image_patch_similarity, lpips
    from torchvision.models import squeezenet1_1 as build

    def from_file(*_: object, **__: object) -> object:
        network = build(weights=None)
        network.load_state_dict(torch.load(squeeze_weights, weights_only=True))
        return network.features

    first, second = images(3, 64), images(3, 64, seed=1)
    network = lpips_diversity.load_network("squeeze", squeeze_weights.read_bytes(), None)
    ours = network(first / 127.5 - 1, second / 127.5 - 1).flatten()
    monkeypatch.setattr(lpips, "_get_tv_model_features", from_file)
    theirs = learned_perceptual_image_patch_similarity(
        first / 127.5 - 1, second / 127.5 - 1, net_type="squeeze", reduction="none"
    )
    torch.testing.assert_close(ours, theirs.flatten())


@pytest.mark.parametrize("content", [b"", b"no weights", "another network"])
def test_lpips_refuses_other_files(content: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    if isinstance(content, str):
        buffer = io.BytesIO()
        torch.save({"features.0.weight": torch.zeros(3)}, buffer)
        content = buffer.getvalue()
    path.write_bytes(content)
    with pytest.raises(UsageError, match="not torchvision's weights of squeeze"):
        lpips_diversity.build(lpips_diversity.LPIPSDiversityConfig(network="squeeze", weights=str(path)))


def test_lpips_without_network_names_the_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(UsageError, match=r"AlexNet's weights.*no network") as caught:
        lpips_diversity.build(lpips_diversity.LPIPSDiversityConfig())
    assert "connect once" in caught.value.hint
    assert "lpips-diversity:network=alex,weights=PATH" in caught.value.hint


# Inception score


def inception_score(logits: Tensor, splits: int = 10) -> tuple[float, float | None]:
    metric = InceptionScore(InceptionScoreConfig(splits=splits))
    score = metric.score({}, Sample(images(len(logits), 4), logits=logits))["inception-score"]
    return score.value, score.standard_error


def test_the_inception_score_is_torch_fidelitys() -> None:
    logits = torch.randn(123, 20, generator=torch.Generator().manual_seed(0)) * 3
    expected = isc_features_to_metric(logits)
    value, error = inception_score(logits)
    assert value == pytest.approx(expected[KEY_METRIC_ISC_MEAN], rel=1e-9)
    # Theirs is the spread of the splits; ours, that of their mean.
    assert error == pytest.approx(expected[KEY_METRIC_ISC_STD] / 9**0.5, rel=1e-9)


def test_the_inception_score_is_the_number_of_clear_classes() -> None:
    assert inception_score(torch.eye(5).repeat(20, 1) * 1000, splits=1)[0] == pytest.approx(5)
    assert inception_score(torch.zeros(40, 5))[0] == pytest.approx(1)
    assert inception_score(torch.eye(5)[:1].repeat(40, 1) * 1000)[0] == pytest.approx(1)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_inception_score_of_few_images_is_a_number(count: int) -> None:
    value, _ = inception_score(torch.randn(count, 9, generator=torch.Generator().manual_seed(1)) * 50)
    assert 1 <= value <= 9


def test_the_inception_score_has_that_name_on_inceptions_classes_alone() -> None:
    backbone = EfficientNetLite0Features(EfficientNetLite0Config(resolution=32))
    sample = images(4, 32)
    logits = backbone.logits(backbone(sample))
    assert logits.shape == (4, backbone.classes)
    metric = InceptionScore(InceptionScoreConfig(features="efficientnet-lite0"))
    assert metric.score({}, Sample(sample, logits=logits)).keys() == {"is-efficientnet-lite0"}
    with pytest.raises(ContractError, match="without the logits"):
        metric.score({}, Sample(sample))
