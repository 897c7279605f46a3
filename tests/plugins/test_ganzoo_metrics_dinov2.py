"""DINOv2's transformer against torchvision's, and its weights; no real weights are at hand here."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torchvision.models import VisionTransformer as Reference

from ganzoo.plugin import GanzooWarning, UsageError
from ganzoo_metrics import dinov2
from ganzoo_metrics.dinov2_network import PATCH, TRAINED_GRID, Shape, VisionTransformer, load_network

SMALL = Shape(dim=24, blocks=2, heads=3)


def random_state(shape: Shape) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    with torch.device("meta"):
        layout = VisionTransformer(shape).state_dict()
    return {name: torch.randn(value.shape, generator=generator) * 0.2 for name, value in layout.items()}


def saved(state: dict[str, Tensor], path: Path) -> Path:
    torch.save(state, path)
    return path


def as_torchvision(state: dict[str, Tensor], shape: Shape) -> dict[str, Tensor]:
    """torchvision's transformer has no scaled branches: the factor goes into the layer before it."""
    renamed = {
        "class_token": state["cls_token"],
        "encoder.pos_embedding": state["pos_embed"],
        "conv_proj.weight": state["patch_embed.proj.weight"],
        "conv_proj.bias": state["patch_embed.proj.bias"],
        "encoder.ln.weight": state["norm.weight"],
        "encoder.ln.bias": state["norm.bias"],
    }
    for block in range(shape.blocks):
        ours, theirs = f"blocks.{block}.", f"encoder.layers.encoder_layer_{block}."
        attention, forward = state[f"{ours}ls1.gamma"], state[f"{ours}ls2.gamma"]
        for kind, across in (("weight", (-1, 1)), ("bias", (-1,))):
            renamed[f"{theirs}ln_1.{kind}"] = state[f"{ours}norm1.{kind}"]
            renamed[f"{theirs}ln_2.{kind}"] = state[f"{ours}norm2.{kind}"]
            renamed[f"{theirs}self_attention.in_proj_{kind}"] = state[f"{ours}attn.qkv.{kind}"]
            renamed[f"{theirs}mlp.0.{kind}"] = state[f"{ours}mlp.fc1.{kind}"]
            proj, second = state[f"{ours}attn.proj.{kind}"], state[f"{ours}mlp.fc2.{kind}"]
            renamed[f"{theirs}self_attention.out_proj.{kind}"] = proj * attention.reshape(across)
            renamed[f"{theirs}mlp.3.{kind}"] = second * forward.reshape(across)
    return renamed


def test_the_transformer_is_torchvisions_with_the_same_weights(tmp_path: Path) -> None:
    state = random_state(SMALL)
    network = load_network(saved(state, tmp_path / "w.pth").read_bytes(), SMALL)
    size = PATCH * TRAINED_GRID
    reference = Reference(size, PATCH, SMALL.blocks, SMALL.heads, SMALL.dim, 4 * SMALL.dim).eval()
    reference.load_state_dict(as_torchvision(state, SMALL), strict=False)
    reference.heads = torch.nn.Identity()
    images = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(network(images), reference(images), rtol=1e-4, atol=1e-4)


def test_positions_are_interpolated_to_fewer_patches(tmp_path: Path) -> None:
    state = random_state(SMALL)
    plane = torch.linspace(0, 1, TRAINED_GRID)[:, None].expand(-1, TRAINED_GRID).reshape(-1, 1).expand(-1, SMALL.dim)
    state["pos_embed"] = torch.cat([torch.zeros(1, SMALL.dim), plane])[None].clone()
    network = load_network(saved(state, tmp_path / "w.pth").read_bytes(), SMALL)
    positions = network._positions(16)
    assert positions.shape == (1, 1 + 16**2, SMALL.dim)
    rows = positions[0, 1:, 0].reshape(16, 16)
    assert bool((rows.diff(dim=0) > 0).all())  # from top to bottom, as before
    torch.testing.assert_close(rows, rows[:, :1].expand(-1, 16))


@pytest.fixture
def small_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dinov2.SHAPES, "vits14", tuple(SMALL))


@pytest.mark.usefixtures("small_variant")
def test_features_come_from_a_file_in_any_size_and_number_of_channels(tmp_path: Path) -> None:
    path = saved(random_state(SMALL), tmp_path / "w.pth")
    before = torch.random.get_rng_state()
    backbone = dinov2.DINOv2Features(dinov2.DINOv2Config(weights=str(path)))
    assert torch.equal(before, torch.random.get_rng_state())
    grey = torch.randint(256, (2, 1, 20, 20), dtype=torch.uint8)
    features = backbone(grey)
    assert features.shape == (2, backbone.dim)
    assert features.dtype == torch.float32
    torch.testing.assert_close(features, backbone(grey.repeat(1, 4, 1, 1)))
    assert backbone.classes is None
    assert backbone.protocol["variant"] == "vits14"


@pytest.mark.parametrize("content", [b"", b"no weights", b"a log-in page", "another variant"])
def test_another_file_is_refused(content: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        saved(random_state(SMALL), path)
    with pytest.raises(UsageError, match="not DINOv2's vits14"):
        dinov2.DINOv2Features(dinov2.DINOv2Config(weights=str(path)))


def test_without_network_and_weights_the_error_names_the_ways_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(UsageError, match=r"`dinov2` needs, cannot be downloaded.*no network") as caught:
        dinov2.DINOv2Features(dinov2.DINOv2Config(variant="vitb14"))
    assert "connect once" in caught.value.hint
    assert "dinov2_vitb14_pretrain.pth" in caught.value.hint
    assert "--set evaluation.features.dinov2.weights=PATH" in caught.value.hint


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[bytes]:
    """What the network answers next; nothing is kept yet."""
    answers: list[bytes] = []
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: io.BytesIO(answers.pop(0)))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return answers


@pytest.mark.usefixtures("small_variant")
def test_a_download_that_holds_something_else_is_deleted_and_the_next_run_downloads_anew(
    downloads: list[bytes], tmp_path: Path
) -> None:
    downloads += [b"a log-in page", saved(random_state(SMALL), tmp_path / "w.pth").read_bytes()]
    kept = tmp_path / "hub" / "checkpoints" / "dinov2_vits14_pretrain.pth"
    with pytest.raises(UsageError, match="is deleted now: not DINOv2's vits14") as caught:
        dinov2.DINOv2Features(dinov2.DINOv2Config())
    assert str(kept) in str(caught.value)
    assert not kept.exists()
    assert dinov2.DINOv2Features(dinov2.DINOv2Config()).dim == SMALL.dim
    assert kept.is_file()


@pytest.mark.usefixtures("small_variant")
def test_a_download_that_cannot_be_kept_is_used_and_leaves_nothing_behind(
    downloads: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    downloads.append(saved(random_state(SMALL), tmp_path / "w.pth").read_bytes())
    monkeypatch.setattr(Path, "replace", full)
    with pytest.warns(GanzooWarning, match="cannot be kept in .*, and will be downloaded again: no space left"):
        assert dinov2.DINOv2Features(dinov2.DINOv2Config()).dim == SMALL.dim
    assert list((tmp_path / "hub" / "checkpoints").iterdir()) == []
