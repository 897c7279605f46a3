"""`ganzoo data check`: what is in a folder or a zip, and whether it is fit to be trained on."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganzoo

NASTY = "\x1b]0;owned\x07[red]<script>.png"


def picture(seed=0, size=(8, 8), mode="RGB", kind="PNG", **options):
    data = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).convert(mode).save(data, kind, **options)
    return data.getvalue()


def put_all(root: Path, files) -> Path:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.fixture
def animals(tmp_path):
    """A data set with about everything wrong with it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    gif = io.BytesIO()
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:])
    files = {
        "cat/1.png": picture(1, (64, 64)),
        "cat/2.png": picture(2, (100, 50)),
        "cat/2 again.png": picture(2, (100, 50)),
        "cat/3.jpg": picture(3, (300, 200), kind="JPEG", exif=exif),
        "dog/4.png": picture(4, (20, 400), mode="L"),
        "cat/5.png": picture(5, (64, 64), mode="CMYK", kind="JPEG"),
        "cat/6.png": picture(6, (64, 64), mode="RGBA"),
        "cat/7.gif": gif.getvalue(),
        "cat/cut.png": picture(8, (64, 64))[:500],
        "cat/none.png": b"",
        f"dog/{NASTY}": b"hello",
    }
    return put_all(tmp_path / "animals", files)


def checked(cli, *arguments):
    ended = cli("data", "check", "--json", *map(str, arguments))
    return ended, json.loads(ended.out)


def test_all_of_it_is_counted(cli, animals):
    ended, facts = checked(cli, animals)
    assert ended.code == 1
    assert (facts["images"], facts["left_out"], facts["ok"]) == (8, 3, False)
    assert facts["reasons"]["truncated"] == {"count": 1, "examples": ["cat/cut.png"]}
    assert facts["reasons"]["empty file"]["count"] == facts["reasons"]["not an image"]["count"] == 1
    assert facts["duplicates"] == {"groups": 1, "files_too_many": 1, "examples": [["cat/2 again.png", "cat/2.png"]]}
    assert facts["sizes"]["smallest"] == [40, 20]
    assert facts["sizes"]["largest"] == [200, 300]  # as EXIF turns it
    assert facts["sizes"]["shapes"] == {"square": 3, "landscape": 3, "portrait": 1, "very long": 1}
    assert facts["sizes"]["aspect_ratio"]["least"] == 0.05
    assert facts["sizes"]["short_sides"] == {"under 32 px": 2, "32 to 63 px": 2, "64 to 127 px": 3, "128 to 255 px": 1}
    assert facts["modes"] == {"RGB": 4, "CMYK": 1, "RGBA": 1, "P": 1, "L": 1}
    assert facts["formats"] == {"PNG": 5, "JPEG": 2, "GIF": 1}
    assert (facts["transparent"], facts["animated"], facts["rotated"]) == (1, 1, 1)
    assert facts["wrong_endings"] == {"count": 1, "examples": ["cat/5.png"]}
    assert facts["classes"]["images"] == {"cat": 7, "dog": 1}
    assert facts["classes"]["with_one_image"] == ["dog"]
    assert facts["classes"]["largest_over_smallest"] == 7


def test_what_is_left_out_is_what_training_leaves_out(animals, tmp_path):
    from ganzoo.config.models import Choice, DataSection
    from ganzoo.contracts import ImageFiles
    from ganzoo.contracts.parts import DatasetConfig
    from ganzoo.data import load_images

    section = DataSection(source=Choice[DatasetConfig](kind="files", settings=DatasetConfig()), image_size=8)
    store = load_images(ImageFiles(animals), section, "animals", tmp_path / "cache")
    found = ganzoo.check_data(animals)
    assert sorted(found.left_out, key=str) == sorted(store.skipped, key=str)
    assert len(found.images) == len(store)


def test_a_zip_is_found_the_same(cli, animals, tmp_path):
    with zipfile.ZipFile(tmp_path / "animals.zip", "w") as archive:
        for path in sorted(animals.rglob("*.*")):
            archive.writestr(str(path.relative_to(animals)), path.read_bytes())
    _, of_folder = checked(cli, animals)
    _, of_zip = checked(cli, tmp_path / "animals.zip")
    assert {**of_zip, "path": ""} == {**of_folder, "path": ""}


def test_the_tables_say_it_and_obey_no_name(cli, animals):
    ended = cli("data", "check", str(animals))
    assert ended.code == 1
    for words in (
        "truncated",
        "cat/cut.png",
        "the same content",
        "cat/2 again.png = cat/2.png",
        "only one image",
        "CMYK",
    ):
        assert words in ended.out
    assert "dog/?]0;owned?[red]<script>.png" in ended.out
    assert not {"\x1b", "\x07"} & set(ended.out)
    assert "not right: 27.3% of the files are bad, more than 5.0%" in ended.out


@pytest.mark.parametrize(("allowed", "code"), [("0", 1), ("0.27", 1), ("0.28", 0), ("1", 0)])
def test_the_share_of_bad_files_decides_the_exit_code(cli, animals, allowed, code):
    ended, facts = checked(cli, animals, "--fail-above", allowed)
    assert (ended.code, facts["ok"]) == (code, code == 0)


def test_good_images_pass_and_the_next_line_is_said(cli, tmp_path):
    root = put_all(tmp_path / "my photos", {f"{seed}.png": picture(seed) for seed in range(3)})
    ended = cli("data", "check", str(root))
    assert ended.code == 0
    assert f"ganzoo run dcgan --data '{root}'" in ended.out.replace("\n", "")
    assert ended.err == ""


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_images_never_pass(cli, tmp_path, count):
    root = put_all(tmp_path / "few", {"notes.txt": b"", **{f"{seed}.png": picture(seed) for seed in range(count)}})
    ended, facts = checked(cli, root, "--fail-above", "1")
    assert ended.code == 1
    assert facts["problems"] == [f"{count} readable images; at least 2 are needed"]
    assert facts["notes"] == ["1 file of another kind was not read (.txt)"]


def test_labels_that_name_missing_files_count_as_bad(cli, tmp_path):
    table = b"file,label\n1.png,x\n2.png,x\n2.png,y\ngone.png,x\n\x1b[2Jgone.png,x\n"
    root = put_all(tmp_path / "t", {"labels.csv": table, **{f"{seed}.png": picture(seed) for seed in range(1, 4)}})
    ended, facts = checked(cli, root)
    assert ended.code == 1
    assert facts["bad_share"] == 0.4
    assert facts["labels"]["missing_files"] == {"count": 2, "examples": ["gone.png", "\x1b[2Jgone.png"]}
    assert facts["labels"]["without_label"] == {"count": 1, "examples": ["3.png"]}
    assert facts["labels"]["two_labels"]["count"] == 1
    assert "\x1b" not in ended.out + cli("data", "check", str(root)).out


def test_a_file_that_is_left_out_counts_once_though_a_table_names_it(cli, tmp_path):
    files = {"labels.csv": b"file,label\n1.png,x\n2.png,x\nout.png,x\n", "1.png": picture(1), "2.png": picture(2)}
    root = put_all(tmp_path / "t", files)
    (tmp_path / "out.png").write_bytes(picture(3))
    (root / "out.png").symlink_to(tmp_path / "out.png")
    _, facts = checked(cli, root)
    assert (facts["images"], facts["left_out"], facts["labels"]["missing_files"]["count"]) == (2, 1, 0)
    assert facts["bad_share"] == pytest.approx(1 / 3)


def test_a_label_table_that_cannot_be_used_is_a_problem(cli, tmp_path):
    root = put_all(tmp_path / "t", {"labels.csv": b"name;class\n", **{f"{s}.png": picture(s) for s in range(3)}})
    ended, facts = checked(cli, root)
    assert ended.code == 1
    assert facts["problems"] == ["labels.csv begins with `name;class` (its first line must be `file,label`)"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "no folder, zip or data set is called `nowhere`"),
        (("photo",), "no folder, zip or data set is called `photo`. Did you mean `photos`?"),
        (("file.txt",), "neither a folder nor a zip"),
        (("x" * 5000,), "cannot be opened: File name too long"),
        ((".", "--fail-above", "2"), "--fail-above"),
        ((".", "--max-pixels", "0"), "--max-pixels"),
        ((), "PATH"),
    ],
)
def test_what_cannot_be_checked_ends_with_2(cli, tmp_path, arguments, words):
    (tmp_path / "file.txt").touch()
    (tmp_path / "photos").mkdir()
    ended = cli("data", "check", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_a_limit_of_pixels_may_be_given(cli, tmp_path):
    root = put_all(tmp_path / "t", {f"{size}.png": picture(size, (size, size)) for size in (8, 9, 50)})
    _, facts = checked(cli, root, "--max-pixels", "100")
    assert facts["reasons"] == {"too large": {"count": 1, "examples": ["50.png (50 x 50 pixels)"]}}


def test_names_that_are_no_unicode_are_shown_and_written(cli, tmp_path):
    root = put_all(tmp_path / "t", {"\udcff.png": b"", **{f"{s}.png": picture(s) for s in range(3)}})
    _, facts = checked(cli, root)
    assert facts["reasons"]["empty file"]["examples"] == ["\udcff.png"]
    assert "?.png" in cli("data", "check", str(root)).out


def test_images_are_checked_without_torch_and_nothing_is_written(tmp_path):
    root = put_all(tmp_path / "t", {f"{seed}.png": picture(seed) for seed in range(3)})
    before = sorted(tmp_path.rglob("*"))
    code = (
        "import sys; import ganzoo.cli.app as app; sys.argv = ['ganzoo', 'data', 'check', sys.argv[1]]\n"
        "import atexit; atexit.register(lambda: print('torch' in sys.modules))\napp.main()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "False"
    assert sorted(tmp_path.rglob("*")) == before
