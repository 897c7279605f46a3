"""The verbs on a real run: sample, interpolate, project, directions; and what they say where they cannot."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

import ganzoo
from ganzoo.errors import GanzooWarning
from ganzoo.report import animation


def test_samples_are_those_of_the_run_whatever_their_number(plain_run):
    many = ganzoo.sample(plain_run, 70, seed=3)
    assert torch.equal(many[:5], ganzoo.sample(plain_run, 5, seed=3))
    assert torch.equal(many, ganzoo.Run(plain_run).sample(70, seed=3))


@pytest.fixture
def damaged(plain_run, tmp_path):
    """A run whose newest checkpoint is damaged; the one before is whole."""
    run = shutil.copytree(plain_run, tmp_path / "damaged")
    newest = shutil.copytree(run / "checkpoints" / "step-00000000", run / "checkpoints" / "step-00000007")
    (newest / "manifest.json").write_text("{")
    (run / "checkpoints" / "latest").write_text(newest.name)
    return run


def test_an_older_checkpoint_in_the_place_of_a_damaged_one_is_said(damaged):
    with pytest.warns(GanzooWarning, match=r"passed over .*step-00000007.*; step-00000000 is used instead") as said:
        ganzoo.Run(damaged).sample(1)
    assert len(said) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("sample", "-n", "1"),
        ("interpolate", "--frames", "2", "-n", "1"),
        ("directions", "-n", "2"),
        ("export",),
        ("evaluate", "-n", "8"),
    ],
)
def test_each_verb_says_in_a_line_that_it_uses_an_older_checkpoint(cli, damaged, words):
    ended = cli(words[0], str(damaged), *words[1:])
    assert ended.code == 0, ended.err
    [line] = {line for line in ended.err.splitlines() if line.startswith("warning: ")}
    assert "step-00000007" in line
    assert line.endswith("; step-00000000 is used instead")
    assert "GanzooWarning" not in ended.err


def test_truncation_draws_images_together(plain_run):
    spread = [ganzoo.sample(plain_run, 32, truncation=amount).float().std(dim=0).mean() for amount in (0, 0.5, 1)]
    assert spread[0] == 0
    assert spread[1] < spread[2]


def test_one_class_by_its_name_is_that_class_by_its_number(labelled_run):
    owls = ganzoo.sample(labelled_run, 6, label="owls")
    assert torch.equal(owls, ganzoo.sample(labelled_run, 6, label=2))
    assert not torch.equal(owls, ganzoo.sample(labelled_run, 6, label="dogs"))
    in_turn = ganzoo.sample(labelled_run, 6)
    assert torch.equal(in_turn[2::3], owls[2::3])


def test_several_seeds_are_drawn_one_after_another(plain_run):
    assert torch.equal(
        ganzoo.sample(plain_run, 5, seed=[3, 4]),
        torch.cat([ganzoo.sample(plain_run, 5, seed=3), ganzoo.sample(plain_run, 5, seed=4)]),
    )


def test_each_class_is_a_row_from_the_same_latents(labelled_run):
    rows = ganzoo.sample(labelled_run, 4, seed=(1, 2), per_class=True).unflatten(0, (2, 3, 4))
    for place, seed in enumerate((1, 2)):
        for label in range(3):
            assert torch.equal(rows[place, label], ganzoo.sample(labelled_run, 4, seed, label=label))


def test_what_is_written_is_what_is_sampled(labelled_run, tmp_path):
    assert ganzoo.write_samples(labelled_run, tmp_path / "made", 2, [0, 7], label="dogs") == [tmp_path / "made"]
    images = ganzoo.sample(labelled_run, 2, [0, 7], label="dogs").permute(0, 2, 3, 1).numpy()
    for image, path in zip(images, sorted((tmp_path / "made").iterdir()), strict=True):
        with Image.open(path) as picture:
            assert np.array_equal(np.asarray(picture), image)


def test_the_command_line_writes_what_python_does(cli, labelled_run, tmp_path):
    grids = ganzoo.write_samples(labelled_run, tmp_path / "python", 3, range(2), per_class=True, grid=True)
    words = ("-n", "3", "--seed", "0", "--seed", "1", "--per-class", "--grid", "--out", "cli")
    assert cli("sample", str(labelled_run), *words).code == 0
    assert [grid.name for grid in grids] == ["grid-seed0-classes.png", "grid-seed1-classes.png"]
    for grid in grids:
        assert grid.read_bytes() == (tmp_path / "cli" / grid.name).read_bytes()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"count": 0}, "0 images"),
        ({"seed": ()}, "no seed"),
        ({"label": "dogs", "per_class": True}, "give one of the two"),
        ({"truncation": -1}, "it must be 0 or more"),
    ],
)
def test_samples_that_cannot_be_are_refused_drawn_or_written(labelled_run, tmp_path, wanted, message):
    with pytest.raises(ganzoo.UsageError, match=message):
        ganzoo.sample(labelled_run, **wanted)
    with pytest.raises(ganzoo.UsageError, match=message):
        ganzoo.write_samples(labelled_run, tmp_path, **wanted)


@pytest.mark.parametrize("count", [0, -1])
def test_a_run_refuses_to_draw_no_image_in_words(plain_run, count):
    with pytest.raises(ganzoo.UsageError, match=f"{count} images: it must be 1 or more"):
        ganzoo.Run(plain_run).sample(count)


def test_files_of_each_class_are_named_by_it_and_never_by_what_a_file_cannot_be_called(cli, labelled_run, tmp_path):
    words = ("-n", "2", "--per-class", "--seed", "1", "--seed", "2", "--out", "made")
    assert cli("sample", str(labelled_run), *words).code == 0
    names = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert len(names) == 2 * 3 * 2
    assert names[0] == "seed1-0-b-cats-b-00000.png"
    assert "seed2-owls-00001.png" in names


def test_a_class_that_is_called_as_the_file_of_another_keeps_files_of_its_own(labelled_run, tmp_path):
    run = shutil.copytree(labelled_run, tmp_path / "run")
    facts = json.loads((run / "environment.json").read_text())
    facts["data"]["classes"] = ["a/b", "0-a-b", "c"]
    (run / "environment.json").write_text(json.dumps(facts))
    ganzoo.write_samples(run, tmp_path / "made", count=1, per_class=True)
    assert len(list((tmp_path / "made").iterdir())) == 3


def test_a_grid_of_classes_has_a_row_for_each_from_the_same_latents(cli, labelled_run, tmp_path):
    ended = cli("sample", str(labelled_run), "-n", "2", "--per-class", "--grid", "--out", "made")
    assert ended.out.strip().endswith("grid-seed0-classes.png")
    with Image.open(tmp_path / "made" / "grid-seed0-classes.png") as picture:
        assert picture.width < picture.height


def test_a_walk_is_written_as_a_loop_of_all_its_frames(cli, plain_run, tmp_path):
    words = ("--seeds", "1,2", "--frames", "3", "-n", "4", "--out", "walks/walk.gif", "--fps", "10")
    assert cli("interpolate", str(plain_run), *words).code == 0
    with Image.open(tmp_path / "walks" / "walk.gif") as gif:
        assert gif.n_frames == 6
        assert gif.info["loop"] == 0
        assert gif.info["duration"] == 100


def test_a_walk_is_written_as_a_video(plain_run, tmp_path):
    av = pytest.importorskip("av", reason="the extra `video` is not installed")
    path = ganzoo.interpolate(plain_run, tmp_path / "walk.mp4", seeds=(1, 2), frames=5, count=1)
    with av.open(str(path)) as video:
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert len(frames) == 10
    assert frames[0].shape == (256, 256, 3)


def test_a_video_without_its_package_is_refused_before_anything_is_drawn(plain_run, tmp_path, monkeypatch):
    monkeypatch.setattr(animation, "find_spec", lambda _: None)
    with pytest.raises(ganzoo.UsageError, match="needs the package av") as raised:
        ganzoo.interpolate(plain_run, tmp_path / "walk.mp4")
    assert "walk.gif" in raised.value.hint


def test_a_projection_shows_both_and_keeps_the_style(cli, plain_run, animals, tmp_path):
    ended = cli("project", str(plain_run), str(animals / "0-00.png"), "--steps", "5", "--features")
    assert ended.code == 0, ended.err
    assert "of 255" in ended.out
    style = load_file(tmp_path / "projected.safetensors")["style"]
    generator = ganzoo.load_generator(plain_run)
    made = ((generator.synthesise(style[None])[0] + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    with Image.open(tmp_path / "projected.png") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape[1] > 1.9 * pixels.shape[0]
    assert made.shape == (16, 16, 3)
    factor = (pixels.shape[0] - 4) // 16
    shown = pixels[2 : 2 + 16 * factor : factor, 4 + 16 * factor : 4 + 32 * factor : factor]
    assert (shown.astype(int) == made.astype(int)).mean() > 0.99


def test_without_a_class_named_all_are_searched(labelled_run, animals):
    found = ganzoo.project(labelled_run, animals / "2-00.png", steps=3)
    assert found.image.shape == found.target.shape == (3, 16, 16)
    assert 0 < found.distance < 255


def test_directions_are_a_strip_and_numbers(cli, plain_run, tmp_path):
    ended = cli("directions", str(plain_run), "-n", "3", "--columns", "5")
    assert ended.code == 0, ended.err
    assert len(ended.out.splitlines()) == 4
    found = load_file(tmp_path / "directions.safetensors")
    assert found["steps"].shape == (3, 100)
    assert found["effects"].shape == (3,)
    assert (tmp_path / "directions.png").is_file()


REFUSED = {
    "a class of a run without labels": (("sample", "PLAIN", "--class", "dogs"), "was trained without labels"),
    "each class of such a run": (("sample", "PLAIN", "--per-class"), "was trained without labels"),
    "a class that is not there": (("sample", "LABELLED", "--class", "dog"), "Did you mean `dogs`?"),
    "a class and all classes": (("sample", "LABELLED", "--class", "dogs", "--per-class"), "give one of the two"),
    "no such run": (("sample", "nowhere"), "nowhere is not a run: no such directory"),
    "one seed": (("interpolate", "PLAIN", "--seeds", "1"), "two seeds"),
    "seeds that are none": (("interpolate", "PLAIN", "--seeds", "1;2"), "--seeds 1;2: it takes whole numbers"),
    "an ending that is none": (("interpolate", "PLAIN", "--out", "walk.avi"), "is a .gif or an .mp4"),
    "a truncation without end": (("sample", "PLAIN", "--truncation", "inf"), "it must be 0 or more"),
    "a GIF slower than GIFs are": (("interpolate", "PLAIN", "--fps", "0.001"), "0.01 or more"),
    "a picture called as its numbers": (("directions", "PLAIN", "--out", "x.safetensors"), "--out takes a picture"),
    "a checkpoint whose step nobody knows": (("export", "KEPT", "--checkpoint", "step-keep"), "its name says no step"),
    "a GIF faster than GIFs are": (("interpolate", "PLAIN", "--fps", "60"), "at most 50 in a GIF"),
    "more frames than fit": (("interpolate", "PLAIN", "--frames", "1000"), "more than 600 frames"),
    "no such image": (("project", "PLAIN", "face.png"), "cannot read the image face.png"),
    "an image that is none": (("project", "PLAIN", "notes.txt"), "notes.txt: not an image"),
    "an even strip": (("directions", "PLAIN", "--columns", "6"), "take an odd number"),
    "more directions than there are": (("directions", "PLAIN", "-n", "500"), "this generator's styles have 100"),
    "a folder for a file": (("directions", "PLAIN", "--out", "."), "is a folder"),
    "a format that is none": (("export", "PLAIN", "--format", "onx"), "Did you mean `onnx`?"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_said_in_one_message(cli, plain_run, labelled_run, tmp_path, case):
    words, message = REFUSED[case]
    (tmp_path / "notes.txt").write_text("no picture")
    kept = shutil.copytree(plain_run, tmp_path / "kept")
    shutil.copytree(next((kept / "checkpoints").glob("step-*")), kept / "checkpoints" / "step-keep")
    places = {"PLAIN": str(plain_run), "LABELLED": str(labelled_run), "KEPT": str(kept)}
    ended = cli(*(places.get(word, word) for word in words))
    assert ended.code == 2
    assert message in ended.err
    assert "Traceback" not in ended.err


def test_points_have_no_walks(run_of_points, tmp_path):
    for call in (
        lambda: ganzoo.interpolate(run_of_points, tmp_path / "walk.gif"),
        lambda: ganzoo.directions(run_of_points),
        lambda: ganzoo.export(run_of_points),
    ):
        with pytest.raises(ganzoo.UsageError, match="points"):
            call()
    assert ganzoo.sample(run_of_points, 5, truncation=0.5).shape == (5, 2, 1, 1)
