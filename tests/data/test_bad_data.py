"""Files that are not what they claim, and folders that change: left out with a reason, in bounded memory."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import struct
import threading
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageFile

from ganzoo.contracts import ImageFiles
from ganzoo.data import archive as archive_module
from ganzoo.data import load_images, turns
from ganzoo.data.archive import Archive
from ganzoo.data.contents import Unreadable
from ganzoo.data.decode import decode, opened
from ganzoo.data.folder import Mark
from ganzoo.data.labels import find_labels
from ganzoo.data.modes import eight_bit
from ganzoo.data.sources import open_source
from ganzoo.errors import UsageError

PIXELS = 10**6
MEGABYTE = 10**6


def reasons(path, section, tmp_path, **settings):
    store = load_images(ImageFiles(path), section(**settings), "x", tmp_path / "cache")
    return {skipped.name: skipped.reason for skipped in store.skipped}


def png(size, mode="1"):
    data = io.BytesIO()
    Image.new(mode, size).save(data, "PNG")
    return data.getvalue()


def zipped(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def with_claimed_size(path, name, size):
    """The zip's directory says another unpacked size of one member."""
    data = bytearray(path.read_bytes())
    entry = data.index(name.encode(), data.index(b"PK\x01\x02")) - 46
    data[entry + 24 : entry + 28] = struct.pack("<I", size)
    path.write_bytes(data)
    return path


@pytest.fixture
def peak():
    """The most memory, in bytes, that Python objects took while a function ran."""

    def measure(function):
        tracemalloc.start()
        try:
            function()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return measure


# What a name promises


@pytest.mark.parametrize("name", ["photo.png", "photo.gif", "photo.tiff", "photo.bmp"])
def test_the_content_decides_and_not_the_ending(name, tree, encoded, section, tmp_path):
    root = tree({name: encoded("JPEG"), "b.png": encoded()})
    assert reasons(root, section, tmp_path) == {}


def test_a_label_table_may_not_be_of_any_size(tmp_path, encoded, monkeypatch):
    monkeypatch.setattr(archive_module, "LARGEST_TABLE", 100)
    rows = b"file,label\n" + b"a.png,x\n" * 100
    path = zipped(tmp_path / "x.zip", [("a.png", encoded()), ("labels.csv", rows)])
    with open_source(ImageFiles(path), PIXELS) as source, pytest.raises(UsageError, match=r"labels\.csv: too large"):
        source.labels()


def test_a_class_with_one_image_is_noted(tree, encoded, section, tmp_path):
    root = tree({"cat/a.png": encoded(seed=1), "cat/b.png": encoded(seed=2), "d\x1bog/c.png": encoded(seed=3)})
    store = load_images(ImageFiles(root), section(labels=True), "pets", tmp_path / "cache")
    assert store.notes == ("only one image of d?og: too few to learn a class from",)


def test_labels_say_which_files_are_missing_and_which_have_two():
    table = b"file,label\na.png,x\ngone.png,x\na.png,y\n"
    labels = find_labels(["a.png"], ["labels.csv"], lambda _: table)
    assert labels is not None
    assert (labels.missing, labels.disputed) == (("gone.png",), ("a.png",))


# Sizes


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000), (20_000, 500)])
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_a_very_long_image_is_brought_to_the_size(size, fit, section):
    assert decode(png(size), section(fit=fit)).shape == (8, 8, 3)


def test_a_wide_jpeg_is_read_at_an_eighth(section):
    data = io.BytesIO()
    Image.new("RGB", (20_000, 400), (200, 10, 10)).save(data, "JPEG")
    with opened(data.getvalue(), 10**7, 16) as stored:
        assert stored.image.size == (2500, 50)
        assert (stored.width, stored.height) == (20_000, 400)
    assert np.abs(decode(data.getvalue(), section()).astype(int) - (200, 10, 10)).max() <= 2


@pytest.mark.parametrize("mode", ["I;16", "F", "RGBA", "LA", "P"])
def test_a_conversion_needs_little_beside_the_image(mode, section, noise):
    """In strips as in one piece."""
    side = 1500  # more than one strip
    values = noise(side, side, seed=3)
    image = Image.fromarray(values).convert(mode) if mode != "I;16" else Image.fromarray(values.astype(np.uint16) * 257)
    if mode == "RGBA":
        image.putalpha(Image.fromarray(noise(side, side, seed=4)))
    upright = eight_bit(image)
    assert upright.mode in ("L", "RGB", "RGBA")
    assert np.array_equal(
        np.asarray(upright.convert("L")), np.asarray(image.convert("L")) if mode == "RGBA" else values
    )
    ground = Image.alpha_composite(Image.new("RGBA", image.size, "#ff8000"), upright.convert("RGBA")).convert("RGB")
    expected = np.asarray(ground.resize((8, 8), Image.Resampling.BICUBIC))
    if mode == "RGBA":
        data = io.BytesIO()
        image.save(data, "PNG", compress_level=1)
        assert np.array_equal(decode(data.getvalue(), section(background="#ff8000")), expected)


def test_large_images_take_turns(monkeypatch, section):
    monkeypatch.setattr(turns.PIXELS, "budget", 1000)
    two_at_a_time = threading.Barrier(2, timeout=0.2)
    met = []
    load = ImageFile.ImageFile.load

    def load_and_wait_for_another(image):
        with contextlib.suppress(threading.BrokenBarrierError):
            two_at_a_time.wait()
            met.append(image)
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", load_and_wait_for_another)
    with ThreadPoolExecutor(4) as pool:
        decoded = list(pool.map(lambda _: decode(png((100, 100), "L"), section()), range(4)))
    assert len(decoded) == 4
    assert met == []


def test_what_fits_the_budget_together_is_held_together():
    ten = turns.Turns(10)
    met = threading.Barrier(2, timeout=10)

    def hold(_):
        with ten.turn(5):
            return met.wait()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hold, range(2))) == [0, 1]
    with ten.turn(1000):  # alone, however large
        pass


# Zips


@pytest.mark.parametrize(
    ("head", "claimed", "reason"),
    [
        (png((8, 8)), 1000, "damaged in the zip"),  # the directory says little, and 60 MB follow
        (b"", None, "not an image"),
        (png((8, 8)), None, "too large: over"),
    ],
    ids=["claims little", "no image", "claims what it is"],
)
def test_a_bomb_in_a_zip_is_left_out_and_takes_little_memory(head, claimed, reason, tmp_path, encoded, peak):
    members = [("a.png", encoded()), ("bomb.png", head + bytes(60 * MEGABYTE))]
    path = zipped(tmp_path / "x.zip", members)
    if claimed is not None:
        with_claimed_size(path, "bomb.png", claimed)

    def read():
        with Archive(path, 10**8) as source, pytest.raises(Unreadable, match=reason):
            source._largest = 10 * MEGABYTE
            source.content(1)

    assert peak(read) < 20 * MEGABYTE


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_cannot_be_unpacked_in_pieces_is_left_out(tmp_path, encoded, section, compression):
    path = zipped(tmp_path / "x.zip", [("a.png", encoded()), ("b.png", encoded(seed=1))])
    with zipfile.ZipFile(path, "a", compression) as archive:
        archive.writestr("c.png", encoded(seed=2))
    assert reasons(path, section, tmp_path) == {"c.png": "compressed in a way that is not unpacked"}


@pytest.mark.parametrize("claimed", [4_000_000_000, 0xFFFFFFFE])
def test_a_member_of_4_gb_is_not_read(tmp_path, encoded, claimed):
    path = zipped(tmp_path / "x.zip", [("a.png", encoded()), ("b.png", encoded())])
    with_claimed_size(path, "b.png", claimed)
    with open_source(ImageFiles(path), PIXELS) as source:
        assert source.names == ("a.png",)
        assert source.skipped[0].reason == f"too large: {claimed:,} bytes"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twice", [("b.png", "b.png"), ("d\\b.png", "d/b.png")])
def test_of_a_name_that_comes_twice_the_last_one_counts_and_it_is_said(twice, tmp_path, encoded, section):
    first, second = twice
    members = [("a.png", encoded()), (first, encoded(seed=1)), (second, encoded(seed=2))]
    path = zipped(tmp_path / "x.zip", members)
    with open_source(ImageFiles(path), PIXELS) as source:
        assert len(source.names) == 2
        assert [skipped.reason for skipped in source.skipped] == [
            "a name that comes twice in the zip: the last one counts"
        ]
        assert np.array_equal(source.pixels(1, section()), decode(encoded(seed=2), section()))


# A folder that changes


def swap_for_pipe(path, _):
    path.unlink()
    os.mkfifo(path)


def swap_for_link(path, tmp_path):
    (tmp_path / "secret.png").write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(tmp_path / "secret.png")


def swap_for_another_of_the_same_time(path, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / path.name).write_bytes(path.read_bytes())
    shutil.copystat(path, outside / path.name)
    path.unlink()
    path.symlink_to(outside / path.name)


def swap_for_folder(path, _):
    path.unlink()
    path.mkdir()


def grow(path, _):
    with path.open("ab") as file:
        file.write(b"more")


SWAPS = [swap_for_pipe, swap_for_link, swap_for_another_of_the_same_time, swap_for_folder, grow]


@pytest.mark.parametrize("change", [*SWAPS, lambda path, _: path.unlink()])
def test_a_file_that_is_another_than_was_listed_is_left_out(change, tree, encoded, section, tmp_path):
    root = tree({"a.png": encoded(), "b.png": encoded(seed=1)})
    with open_source(ImageFiles(root), PIXELS) as source:
        change(root / "a.png", tmp_path)
        with pytest.raises(Unreadable, match=r"^changed while it was read"):
            source.pixels(0, section())
        assert source.pixels(1, section()).shape == (8, 8, 3)


def test_a_file_system_that_numbers_its_files_anew_is_read(tree, encoded, section, monkeypatch):
    root = tree({"a.png": encoded()})
    with open_source(ImageFiles(root), PIXELS) as source:
        listed = Mark.of((root / "a.png").stat())
        monkeypatch.setattr(Mark, "of", lambda _: listed._replace(inode=listed.inode + 1))
        assert source.pixels(0, section()).shape == (8, 8, 3)


@pytest.mark.parametrize("memory_gb", [4.0, 0.0])
def test_what_was_decoded_from_a_changing_folder_is_not_kept(tree, encoded, section, tmp_path, monkeypatch, memory_gb):
    root = tree({f"{index}.png": encoded(seed=index) for index in range(3)})
    from ganzoo.data.folder import Folder

    original, late = Folder.fingerprint, []

    def then_one_is_gone(self, cache):
        found = original(self, cache)
        if not late:
            late.append((root / "0.png").read_bytes())
            (root / "0.png").unlink()
        return found

    monkeypatch.setattr(Folder, "fingerprint", then_one_is_gone)
    first = load_images(ImageFiles(root), section(memory_gb=memory_gb), "x", tmp_path / "cache")
    assert len(first) == 2
    assert first.report().startswith("2 images; 1 left out: 1 changed while it was read (0.png)")
    (root / "0.png").write_bytes(late[0])
    again = load_images(ImageFiles(root), section(memory_gb=memory_gb), "x", tmp_path / "cache")
    assert (len(again), again.fingerprint) == (3, first.fingerprint)


def test_an_unreadable_file_is_left_out(tree, encoded, section, tmp_path, monkeypatch):
    root = tree({"a.png": encoded(), "b.png": encoded(seed=1), "c.png": encoded(seed=2)})
    real = os.open

    def refuse(path, *arguments):
        if str(path).endswith("c.png"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", refuse)  # a test may run as root, who may read everything
    assert reasons(root, section, tmp_path) == {"c.png": "cannot be read: Permission denied"}


# A cache from someone else


@pytest.mark.parametrize(
    "manifest",
    [
        b"[" * 100_000,
        b"[]",
        b'{"shape": [4294967296, 4294967296, 1, 1], "checksum": 0, "left_out": {}}',
        b'{"shape": [0, 8, 8, 3], "checksum": 0, "left_out": {}}',
        b'{"shape": [-1, -8, 8, 3], "checksum": 0, "left_out": {}}',
        b'{"shape": [Infinity, 8, 8, 3], "checksum": 0, "left_out": {}}',
        b'{"shape": "abcd", "checksum": 0, "left_out": {}}',
        b'{"shape": [2, 8, 8, 3], "checksum": 0, "left_out": []}',
    ],
)
def test_a_forged_manifest_of_the_cache_means_decoding_anew(manifest, tree, encoded, section, tmp_path):
    root = tree({"a.png": encoded(), "b.png": encoded(seed=1)})
    first = load_images(ImageFiles(root), section(), "x", tmp_path / "cache")
    (path,) = (tmp_path / "cache" / "data").glob("*.json")
    path.write_bytes(hashlib.sha256(manifest).hexdigest().encode() + b"\n" + manifest)
    (images,) = (tmp_path / "cache" / "data").glob("*.images")
    images.write_bytes(b"" if b"4294967296" in manifest else images.read_bytes())
    again = load_images(ImageFiles(root), section(), "x", tmp_path / "cache")
    assert np.array_equal(first.images, again.images)
    assert "the cached images were damaged" in again.notes[-1]
