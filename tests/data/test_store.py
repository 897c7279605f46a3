from __future__ import annotations

import json
import os
import sys
import threading
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from ganzoo.contracts import ImageFiles, ImageShape
from ganzoo.data import ImageStore, Skipped, cache_root, load_images
from ganzoo.data import archive as archive_module
from ganzoo.data import folder as folder_module
from ganzoo.data.cache import written_whole
from ganzoo.data.shown import plain
from ganzoo.errors import UsageError


@pytest.fixture
def root(tree, encoded):
    return tree({f"{index}.png": encoded(seed=index) for index in range(5)} | {"bad.png": b"x", "empty.png": b""})


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def no_decoding(*_):
    raise AssertionError("decoded although cached")


def test_images_are_loaded_and_the_unreadable_reported(root, section, cache, noise):
    store = load_images(ImageFiles(root), section(), "mine", cache)
    assert np.array_equal(store.images, np.stack([noise(8, 8, 3, seed=index) for index in range(5)]))
    assert store.skipped == (Skipped("bad.png", "not an image"), Skipped("empty.png", "empty file"))
    assert store.report() == "5 images; 2 left out: 1 not an image, 1 empty file (bad.png, empty.png)"
    assert (len(store), store.shape, store.labels, store.cached) == (5, ImageShape(8, 3), None, False)
    assert store.notes == ()


@pytest.mark.parametrize("memory_gb", [4.0, 0.0])
def test_the_second_load_decodes_nothing_and_is_the_same(root, section, cache, monkeypatch, memory_gb):
    first = load_images(ImageFiles(root), section(memory_gb=memory_gb), "mine", cache)
    monkeypatch.setattr(folder_module, "decode", no_decoding)
    second = load_images(ImageFiles(root), section(memory_gb=memory_gb), "mine", cache)
    assert (first.cached, second.cached) == (False, True)
    assert np.array_equal(first.images, second.images)
    assert (first.fingerprint, first.skipped) == (second.fingerprint, second.skipped)


def test_a_zip_is_cached_too(packed, encoded, section, cache, monkeypatch):
    path = packed({"a.png": encoded(seed=1), "b.png": encoded(seed=2)})
    load_images(ImageFiles(path), section(), "mine", cache)
    monkeypatch.setattr(archive_module, "decode", no_decoding)
    assert load_images(ImageFiles(path), section(), "mine", cache).cached


def test_images_over_the_memory_budget_are_mapped_from_disk(root, section, cache):
    mapped = load_images(ImageFiles(root), section(memory_gb=0), "mine", cache)
    held = load_images(ImageFiles(root), section(), "mine", cache)
    assert isinstance(mapped.images.base, np.memmap)
    assert not mapped.images.flags.writeable
    assert held.images.flags.writeable
    assert np.array_equal(mapped.images, held.images)


def test_later_starts_do_not_read_settled_files(root, section, cache, monkeypatch):
    monkeypatch.setattr(folder_module, "SETTLED_AFTER_S", -1.0)
    load_images(ImageFiles(root), section(), "mine", cache)
    monkeypatch.setattr(folder_module.Folder, "_file_digest", no_decoding)
    assert load_images(ImageFiles(root), section(), "mine", cache).cached


def test_a_file_just_changed_is_read_again(root, section, cache, encoded):
    first = load_images(ImageFiles(root), section(), "mine", cache)
    (root / "0.png").write_bytes(encoded(seed=99))
    second = load_images(ImageFiles(root), section(), "mine", cache)
    assert not second.cached
    assert first.fingerprint != second.fingerprint


def test_a_damaged_memory_of_the_content_means_reading_it(root, section, cache, monkeypatch):
    monkeypatch.setattr(folder_module, "SETTLED_AFTER_S", -1.0)
    first = load_images(ImageFiles(root), section(), "mine", cache)
    (remembered,) = (cache / "data" / "index").iterdir()
    remembered.write_bytes(b"\xff nonsense")
    assert load_images(ImageFiles(root), section(), "mine", cache).fingerprint == first.fingerprint


def test_content_and_transform_decide_the_fingerprint(root, section, cache):
    def fingerprint(**settings):
        return load_images(ImageFiles(root), section(**settings), "mine", cache).fingerprint

    same = {fingerprint(), fingerprint(memory_gb=0), fingerprint(horizontal_flip=True)}
    others = {fingerprint(**change) for change in ({"image_size": 4}, {"channels": 1}, {"fit": "pad"})}
    assert len(same) == 1
    assert len(same | others) == 4


def flip_byte(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 255
    path.write_bytes(data)


def shorten(path):
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [flip_byte, shorten, lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("file", ["*.images", "*.json"])
def test_a_damaged_cache_is_noticed_and_made_anew(root, section, cache, damage, file):
    first = load_images(ImageFiles(root), section(), "mine", cache)
    (path,) = (cache / "data").glob(file)
    damage(path)
    second = load_images(ImageFiles(root), section(), "mine", cache)
    assert np.array_equal(first.images, second.images)
    assert "damaged" in second.notes[-1]
    third = load_images(ImageFiles(root), section(), "mine", cache)
    assert third.cached
    assert third.notes == ()


def test_a_manifest_without_its_images_is_no_cache(root, section, cache):
    load_images(ImageFiles(root), section(), "mine", cache)
    (path,) = (cache / "data").glob("*.images")
    path.unlink()
    assert not load_images(ImageFiles(root), section(), "mine", cache).cached


def test_without_a_cache_folder_images_are_held_in_memory_and_a_note_says_so(root, section, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    store = load_images(ImageFiles(root), section(), "mine", blocked)
    assert len(store) == 5
    assert any("the cache cannot be written" in note for note in store.notes)


def test_without_cache_and_memory_the_message_names_the_setting(root, section, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(UsageError, match=r"data\.memory_gb") as error:
        load_images(ImageFiles(root), section(memory_gb=0), "mine", blocked)
    assert "GANZOO_CACHE" in error.value.hint


def test_several_writers_of_one_cache_leave_it_whole(root, section, cache):
    stores = []
    threads = [
        threading.Thread(target=lambda: stores.append(load_images(ImageFiles(root), section(), "mine", cache)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = load_images(ImageFiles(root), section(), "mine", cache)
    assert again.cached
    assert all(np.array_equal(store.images, again.images) for store in stores)
    assert not list((cache / "data").glob("*.part"))


def test_a_file_whose_writing_failed_is_not_there(tmp_path):
    target = tmp_path / "new" / "file"
    with pytest.raises(ZeroDivisionError), written_whole(target) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert list(target.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no modes")
def test_a_file_in_the_cache_is_read_by_whom_the_users_umask_lets(tmp_path):
    before = os.umask(0o027)
    try:
        with written_whole(tmp_path / "file") as file:
            file.write(b"whole")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_what_another_user_left_unfinished_and_may_not_be_removed_stops_nothing(tmp_path, monkeypatch):
    abandoned = tmp_path / "theirs.part"
    abandoned.touch()
    os.utime(abandoned, (0, 0))
    unlink = Path.unlink

    def refuse(path, missing_ok=False):
        if path == abandoned:
            raise PermissionError(13, "Operation not permitted")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with written_whole(tmp_path / "mine") as file:
        file.write(b"whole")
    assert (tmp_path / "mine").read_bytes() == b"whole"


def test_the_environment_moves_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    assert cache_root() == tmp_path
    monkeypatch.setenv("GANZOO_CACHE", "")
    assert cache_root().name == "ganzoo"


def test_labels_are_ignored_unless_asked_for(tree, encoded, section, cache):
    root = tree({"cat/a.png": encoded(seed=1), "dog/b.png": encoded(seed=2)})
    without = load_images(ImageFiles(root), section(), "pets", cache)
    asked = load_images(ImageFiles(root), section(labels=True), "pets", cache)
    assert (without.labels, without.classes, without.shape.num_classes) == (None, (), None)
    assert asked.labels is not None
    assert (asked.labels.tolist(), asked.classes, asked.shape.num_classes) == ([0, 1], ("cat", "dog"), 2)
    assert asked.report() == "2 images in 2 classes"
    assert asked.fingerprint == without.fingerprint


def test_an_image_without_a_label_is_left_out_only_where_labels_are_asked_for(tree, encoded, section, cache):
    table = b"file,label\nb.png,x\nc.png,y\nbad.png,z\n"
    files = {"a.png": encoded(seed=1), "b.png": encoded(seed=2), "bad.png": b"x", "c.png": encoded(seed=3)}
    root = tree(files | {"labels.csv": table})
    assert len(load_images(ImageFiles(root), section(), "mine", cache)) == 3
    for cached in (False, True):
        asked = load_images(ImageFiles(root), section(labels=True), "mine", cache)
        assert asked.cached is cached
        assert asked.labels is not None
        assert asked.labels.tolist() == [0, 1]
        assert asked.skipped == (Skipped("a.png", "no label"), Skipped("bad.png", "not an image"))
        assert any("no image of z is there" in note for note in asked.notes)


def test_changed_labels_change_the_fingerprint(tree, encoded, section, cache):
    root = tree({"a.png": encoded(), "b.png": encoded(seed=1), "labels.csv": b"file,label\na.png,x\nb.png,y\n"})
    first = load_images(ImageFiles(root), section(labels=True), "mine", cache)
    (root / "labels.csv").write_bytes(b"file,label\na.png,y\nb.png,x\n")
    second = load_images(ImageFiles(root), section(labels=True), "mine", cache)
    assert first.fingerprint != second.fingerprint
    assert second.labels is not None
    assert second.labels.tolist() == [1, 0]


@pytest.mark.parametrize("table", [{}, {"labels.csv": b"file,label\nother.png,x\n"}])
def test_labels_asked_for_and_not_there_is_an_error_with_the_way_out(tree, encoded, section, cache, table):
    root = tree({"a.png": encoded(), "b.png": encoded(seed=1), **table})
    with pytest.raises(UsageError, match="has no labels") as error:
        load_images(ImageFiles(root), section(labels=True), "mine", cache)
    assert "labels.csv" in error.value.hint


@pytest.mark.parametrize("memory_gb", [4.0, 0.0])
@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"readme.txt": b""}, "`mine` holds no readable image$"),
        (
            {"a.png": b"", "b.png": b"x", "c.png": b"y"},
            "no readable image; 3 left out: 2 not an image, 1 empty file",
        ),
    ],
)
def test_no_readable_image_says_why(tree, section, cache, files, message, memory_gb):
    with pytest.raises(UsageError, match=message.replace("$", "(\n|$)")):
        load_images(ImageFiles(tree(files)), section(memory_gb=memory_gb), "mine", cache)


def test_one_image_is_not_enough(tree, encoded, section, cache):
    with pytest.raises(UsageError, match="only one readable image"):
        load_images(ImageFiles(tree({"a.png": encoded()})), section(), "mine", cache)


def test_progress_reaches_the_number_of_files(root, section, cache):
    told = []
    load_images(ImageFiles(root), section(), "mine", cache, progress=lambda done, of: told.append((done, of)))
    assert told == [(done, 7) for done in range(1, 8)]


def test_a_report_escapes_names_that_come_from_files():
    skipped = tuple(Skipped(name, "truncated") for name in ("[red]a\x1b[2J\n.png", "b\u202e.png", "c" * 200, "d"))
    store = ImageStore(np.zeros((2, 8, 8, 3), np.uint8), None, (), "", "x", skipped)
    report = store.report()
    assert "([red]a?" in report
    assert not {"\x1b", "\n", "\u202e"} & set(report)
    assert report.endswith(", ...)")
    assert len(report) < 250


def test_reasons_that_differ_in_numbers_are_counted_together():
    skipped = (Skipped("a", "too large: 9 x 9 pixels"), Skipped("b", "too large: 8 x 8 pixels"))
    store = ImageStore(np.zeros((2, 8, 8, 3), np.uint8), None, (), "", "x", skipped)
    assert store.report() == "2 images; 2 left out: 2 too large (a, b)"


def test_plain_names_keep_what_is_harmless():
    assert plain("ünï 図.png") == "ünï 図.png"


def test_a_manifest_tells_its_own_damage(root, section, cache):
    load_images(ImageFiles(root), section(), "mine", cache)
    (path,) = (cache / "data").glob("*.json")
    mark, _, text = path.read_bytes().partition(b"\n")
    assert mark.decode() == sha256(text).hexdigest()
    assert json.loads(text)["shape"] == [5, 8, 8, 3]
