"""Any folder or zip of images against any other, without a model."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo.config.evaluating import data_section
from ganzoo.data.named import load_named
from ganzoo.errors import UsageError
from ganzoo.evaluation.folders import draw_files
from ganzoo.evaluation.quantise import quantise
from ganzoo.registry.catalogue import catalogue

NAME = "<script>alert(1)</script>"


def picture(index: int, size: tuple[int, int]) -> Image.Image:
    coarse = np.random.default_rng(index).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def folder_of(path: Path, indices: range, size: tuple[int, int] = (20, 20), noise: float = 0.0) -> Path:
    path.mkdir(parents=True)
    for index in indices:
        image = np.asarray(picture(index, size), dtype=np.float64)
        image = image + noise * np.random.default_rng(1000 + index).standard_normal(image.shape)
        Image.fromarray(image.round().clip(0, 255).astype(np.uint8)).save(path / f"{index:03d}.png")
    return path


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`clean`, `same.zip`, `slight`, `strong`, `wide`: the same pictures, changed; `other`: other pictures."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("places")
    folder_of(root / "clean", range(30))
    folder_of(root / "slight", range(30), noise=6)
    folder_of(root / "strong", range(30), noise=60)
    folder_of(root / "wide", range(30), size=(60, 40))
    folder_of(root / "other", range(30, 70))
    with zipfile.ZipFile(root / "same.zip", "w") as file:
        for path in sorted((root / "clean").iterdir()):
            file.write(path, path.name)
    return root


def test_a_zip_of_the_same_images_is_at_no_distance_and_noise_is_in_order(places: Path) -> None:
    found = {
        name: ganzoo.evaluate(places / name, against=places / "clean", metrics=["fd", "kd"]).scores
        for name in ("same.zip", "slight", "strong")
    }
    distances = [scores["fd-efficientnet-lite0"] for scores in found.values()]
    assert distances[0] == pytest.approx(0, abs=1e-2)
    assert distances[0] < distances[1] < distances[2]
    kernels = [scores["kd-efficientnet-lite0"] for scores in found.values()]
    assert kernels[0] < kernels[1] < kernels[2]


def test_both_sides_are_brought_to_the_size_of_the_scored_images(places: Path) -> None:
    evaluation = ganzoo.evaluate(places / "wide", against=places / "clean", metrics=["ssim"])
    protocol = json.loads(json.dumps(evaluation.as_dict()))["protocol"]
    assert protocol["generator"]["transform"] == "40 px, 3 channels, crop"
    assert protocol["generator"]["weights"] == "none: images from files"
    assert (protocol["images_generated"], protocol["images_real"]) == (30, 30)
    assert "brought to 40 px: the middle square, antialiased bicubic" in evaluation.notes[0]
    chosen = ganzoo.evaluate(places / "wide", against=places / "clean", metrics=["ssim"], image_size=16)
    assert chosen.protocol["generator"]["transform"] == "16 px, 3 channels, crop"  # type: ignore[index]  # a table


def test_images_that_have_the_size_are_scored_to_the_byte(places: Path) -> None:
    store = load_named(data_section(str(places / "clean"), 20, "--against", catalogue()), catalogue())
    drawn = torch.cat([quantise(draw_files(store, 30)(start, 10)) for start in (0, 10, 20)])
    assert torch.equal(drawn, torch.from_numpy(store.images).permute(0, 3, 1, 2))


def test_the_number_of_images_can_be_chosen_and_never_exceeds_what_there_is(places: Path) -> None:
    fewer = ganzoo.evaluate(places / "other", against=places / "clean", metrics=["ssim"], images=10)
    assert fewer.protocol["images_generated"] == 10
    more = ganzoo.evaluate(places / "other", against=places / "clean", metrics=["ssim"], images=1000)
    assert more.protocol["images_generated"] == 40
    assert any("1,000 images were asked for; there are 40" in note for note in more.notes)


def test_a_folder_is_called_by_its_whole_name(places: Path, tmp_path: Path) -> None:
    versions = [shutil.copytree(places / "clean", tmp_path / f"faces.v{number}") for number in (1, 2)]
    evaluation = ganzoo.evaluate(versions[0], against=versions[1], metrics=["ssim:pairs=4"])
    assert evaluation.protocol["data"]["name"] == "faces.v2"


def test_a_damaged_file_is_left_out_and_said(places: Path, tmp_path: Path) -> None:
    folder_of(tmp_path / "some", range(6))
    (tmp_path / "some" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    evaluation = ganzoo.evaluate(tmp_path / "some", against=places / "clean", metrics=["ssim"])
    assert evaluation.protocol["images_generated"] == 6
    assert any("1 left out" in note for note in evaluation.notes)


def test_the_command_prints_scores_or_json_and_shows_a_folders_name_as_text(cli, places: Path, tmp_path: Path) -> None:
    odd = folder_of(tmp_path / f"\x1b[31m{NAME.replace('/', '_')}", range(6))
    ended = cli("evaluate", str(odd), "--against", str(places / "clean"), "--metric", "ssim")
    assert (ended.code, ended.out.split()[0]) == (0, "ssim")
    assert "\x1b" not in ended.out + ended.err
    assert "<script>alert(1)" in ended.err  # a terminal knows no tags
    plain = cli("evaluate", str(odd), "--against", str(places / "clean"), "--metric", "ssim", "--json")
    assert json.loads(plain.out)["scores"].keys() == {"ssim"}


def test_a_data_set_by_name_can_stand_on_the_other_side(cli, places: Path) -> None:
    ended = cli("evaluate", str(places / "clean"), "--against", "avatars", "--metric", "ssim", "--json")
    assert json.loads(ended.out)["protocol"]["data"]["name"] == "avatars"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["clean"], "what shall its images be compared with"),
        (["nowhere"], "no run, folder or zip is called"),
        (["clean", "--against", "avatarz"], "Did you mean `avatars`"),
        (["clean", "--against", "other", "--metric", "sim"], "no metric is called `sim`"),
        (["clean", "--against", "other", "--metric", "ssim:pears=1"], "pears"),
        (["clean", "--against", "other", "--image-size", "2"], "--image-size 2"),
        (["clean", "--against", "other", "--checkpoint", "best"], "--checkpoint best is for runs"),
        (["empty", "--against", "other"], "holds no image that can be read"),
    ],
)
def test_what_cannot_be_scored_ends_with_2_and_the_way_out(cli, places: Path, words: list[str], said: str) -> None:
    (places / "empty").mkdir(exist_ok=True)
    words = [str(places / word) if (places / word).exists() or word == "nowhere" else word for word in words]
    ended = cli("evaluate", *words)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_points_are_not_scored_from_files(places: Path) -> None:
    with pytest.raises(UsageError, match="points, not images"):
        ganzoo.evaluate(places / "clean", against="ring8", metrics=["ssim"])
