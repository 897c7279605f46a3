"""Backbones against what is known of their weights, and where those come from."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image
from samples_to_score import frechet, images, kernel_distance, normal
from torch import Tensor

from ganzoo.plugin import UsageError
from ganzoo_metrics import inception_weights
from ganzoo_metrics.inception import InceptionV3Config, InceptionV3Features
from ganzoo_metrics.lite0 import EfficientNetLite0Config, EfficientNetLite0Features

MILITARY_UNIFORM = 652
"""ImageNet's class of the portrait that matplotlib brings along: Grace Hopper in uniform."""


@pytest.fixture(scope="module")
def lite0() -> EfficientNetLite0Features:
    return EfficientNetLite0Features(EfficientNetLite0Config())


# Backbones


def test_lite0_recognises_a_military_uniform(lite0: EfficientNetLite0Features) -> None:
    # Which holds only if layout, padding, batch norm and normalisation are those the weights were made with.
    portrait = Image.open(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg").convert("RGB")
    square = portrait.crop((0, 0, portrait.width, portrait.width)).resize((224, 224), Image.Resampling.BICUBIC)
    pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1)[None].float()
    with torch.inference_mode():
        features = lite0.network((pixels - 127) / 128)
        logits = lite0.network.logits(features)
    assert features.shape == (1, lite0.dim)
    assert int(logits.argmax()) == MILITARY_UNIFORM


def test_lite0_repeats_grey_and_leaves_alpha_out(lite0: EfficientNetLite0Features) -> None:
    grey, colour = images(2, 32, 1), images(2, 32, 3)
    torch.testing.assert_close(lite0(grey), lite0(grey.repeat(1, 3, 1, 1)))
    alpha = images(2, 32, 1, seed=1)
    torch.testing.assert_close(lite0(torch.cat([colour, alpha], dim=1)), lite0(colour))


def test_lite0_features_of_an_image_do_not_depend_on_the_batch(lite0: EfficientNetLite0Features) -> None:
    several = images(66, 16)
    features = lite0(several)
    assert features.shape == (66, 1280)
    assert features.dtype == torch.float32
    torch.testing.assert_close(features[65:], lite0(several[65:]), rtol=1e-4, atol=1e-4)


def test_building_lite0_draws_no_random_number() -> None:
    before = torch.random.get_rng_state()
    built = EfficientNetLite0Features(EfficientNetLite0Config(resolution=64))
    assert torch.equal(before, torch.random.get_rng_state())
    assert built.protocol["input"] == "64 x 64"
    assert built.protocol["weights_sha256"].startswith("57934424")


def test_more_noise_is_farther_away_on_lite0(lite0: EfficientNetLite0Features) -> None:
    smooth = torch.nn.functional.interpolate(normal(96, 3, 4, 4) * 60 + 128, (32, 32), mode="bicubic")
    clean, others = smooth[:48], smooth[48:]

    def sample(noise: float) -> Tensor:
        noisy = others + noise * normal(48, 3, 32, 32, seed=3)
        return lite0(noisy.clamp(0, 255).round().to(torch.uint8))

    real = lite0(clean.clamp(0, 255).round().to(torch.uint8))
    features = [sample(noise) for noise in (0, 12, 60)]
    for distance in (frechet, kernel_distance):
        found = [distance(real, fake) for fake in features]
        assert found == sorted(found)
    assert abs(kernel_distance(real, features[0])) < 0.1 * kernel_distance(real, features[2])


# Inception's weights


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))


@pytest.mark.usefixtures("no_network")
def test_without_network_and_weights_the_error_names_every_way_out() -> None:
    with pytest.raises(UsageError, match="no network") as caught:
        InceptionV3Features(InceptionV3Config())
    assert "connect once" in caught.value.hint
    assert "--set evaluation.features.inception-v3.weights=PATH" in caught.value.hint
    assert "`fd`" in caught.value.hint


@pytest.mark.usefixtures("no_network")
def test_a_half_downloaded_file_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / inception_weights.URL.rpartition("/")[2]).write_bytes(b"half")
    with pytest.raises(UsageError, match="cannot be downloaded"):
        InceptionV3Features(InceptionV3Config())


def test_a_download_is_checked_kept_and_used_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    answers = [io.BytesIO(b"a log-in page"), io.BytesIO(b"the weights")]
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: answers.pop(0))
    monkeypatch.setattr(inception_weights, "DIGEST", "f38329d2")  # of b"the weights"
    with pytest.raises(UsageError, match="is not Inception's weights"):
        inception_weights.read_weights(None)
    assert [inception_weights.read_weights(None) for _ in range(2)] == [b"the weights"] * 2
    assert answers == []


def test_a_missing_weights_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.pth cannot be read"):
        InceptionV3Features(InceptionV3Config(weights=str(tmp_path / "gone.pth")))


@pytest.mark.parametrize("content", [b"", b"no weights", "another network", "a pickle that runs"])
def test_a_file_that_holds_other_things_is_refused(content: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "another network":
        torch.save({"layer.weight": torch.zeros(3)}, path)
    else:
        torch.save({"run": Path.cwd}, path)
    with pytest.raises(UsageError, match="not torch-fidelity's Inception weights"):
        InceptionV3Features(InceptionV3Config(weights=str(path)))


def test_inception_takes_its_weights_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from torch_fidelity import feature_extractor_inceptionv3 as fidelity

    monkeypatch.setattr(fidelity, "load_state_dict_from_url", lambda *_, **__: None)
    with monkeypatch.context() as context, torch.device("meta"):
        context.setattr(fidelity.FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
        names = fidelity.FeatureExtractorInceptionV3("layout", ["2048"]).state_dict()
    generator = torch.Generator().manual_seed(0)
    weights = {
        name: torch.ones(value.shape) if "running_var" in name else torch.randn(value.shape, generator=generator) * 0.05
        for name, value in names.items()
    }
    path = tmp_path / "weights.pth"
    torch.save(weights, path)
    before = torch.random.get_rng_state()
    backbone = InceptionV3Features(InceptionV3Config(weights=str(path)))
    assert torch.equal(before, torch.random.get_rng_state())
    features = backbone(images(2, 16, 1))
    assert features.shape == (2, backbone.dim)
    assert features.dtype == torch.float32
    assert len(backbone.protocol["weights_sha256"]) == 64
