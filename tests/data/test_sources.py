from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ganzoo.contracts import Dataset, ImageFiles
from ganzoo.data import load_images
from ganzoo.data.contents import Unreadable
from ganzoo.data.labels import find_labels
from ganzoo.data.sources import open_source
from ganzoo.errors import ContractError, UsageError

PIXELS = 10**6


def listing(path):
    with open_source(ImageFiles(path), PIXELS) as source:
        return source.names, {skipped.name: skipped.reason for skipped in source.skipped}


def test_a_folder_is_listed_in_the_order_of_its_names(tree, encoded):
    names = ["b.png", "a/2.jpeg", "a/10.webp", "c.GIF", "A.bmp", "d.tif"]
    assert listing(tree(dict.fromkeys(names, encoded())))[0] == tuple(sorted(names))


def test_hidden_files_are_no_part_of_the_data(tree, encoded):
    names = ["a.png", ".b.png", ".git/c.png", "__MACOSX/._a.png"]
    assert listing(tree(dict.fromkeys(names, encoded()))) == (("a.png",), {})


def test_other_files_are_counted_in_a_note(tree, encoded):
    root = tree({"a.png": encoded(), "readme.txt": b"", "b.heic": b"", "c.heic": b""})
    with open_source(ImageFiles(root), PIXELS) as source:
        assert source.notes == ("3 files of other kinds were not read (.heic, .txt)",)


def test_an_archive_among_the_images_is_left_out(tree, encoded):
    assert listing(tree({"a.png": encoded(), "more.zip": b""}))[1] == {"more.zip": "an archive, not opened"}


@pytest.mark.parametrize("name", ["ünïcode 図.png", "new\nline.png", "tab\t[red]x[/red].png", "\udcff.png"])
def test_any_name_that_can_be_on_disk_is_read(name, tree, encoded, section, tmp_path):
    root = tree({name: encoded(), "other.png": encoded(seed=1)})
    assert len(load_images(ImageFiles(root), section(), "x", tmp_path / "cache")) == 2


def test_no_link_is_followed_out_of_the_folder(tree, encoded, tmp_path):
    root = tree({"a.png": encoded()})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.png").write_bytes(encoded())
    (root / "file.png").symlink_to(outside / "secret.png")
    (root / "folder").symlink_to(outside)
    (root / "labels.csv").symlink_to(outside / "secret.png")
    (root / "broken.png").symlink_to(root / "nowhere.png")
    names, skipped = listing(root)
    out = "a link out of the data folder"
    assert names == ("a.png",)
    assert skipped == {"file.png": out, "folder": out, "labels.csv": out, "broken.png": "a link to nothing"}


def test_a_link_inside_the_folder_is_read_and_loops_are_not(tree, encoded):
    root = tree({"in/a.png": encoded()})
    (root / "b.png").symlink_to(root / "in" / "a.png")
    (root / "in" / "loop").symlink_to(root)
    names, skipped = listing(root)
    assert names == ("b.png", "in/a.png")
    assert skipped == {"in/loop": "a link to a folder"}


def test_the_folder_itself_may_be_a_link(tree, encoded, tmp_path):
    (tmp_path / "link").symlink_to(tree({"a.png": encoded()}))
    assert listing(tmp_path / "link")[0] == ("a.png",)


def test_a_pipe_with_an_images_name_is_not_opened(tree, encoded):
    root = tree({"a.png": encoded()})
    os.mkfifo(root / "pipe.png")
    assert listing(root) == (("a.png",), {"pipe.png": "not a regular file"})


def test_a_file_too_large_for_its_pixels_is_not_read(tree, encoded):
    root = tree({"a.png": encoded()})
    with (root / "b.png").open("wb") as file:
        file.truncate(10**9)
    assert listing(root)[1] == {"b.png": "too large: 1,000,000,000 bytes"}


def test_a_file_that_vanished_is_left_out(tree, encoded, section):
    root = tree({"a.png": encoded()})
    with open_source(ImageFiles(root), PIXELS) as source:
        (root / "a.png").unlink()
        with pytest.raises(Unreadable, match=r"^changed while it was read: No such file"):
            source.pixels(0, section())


def test_a_zip_gives_the_same_images_as_its_folder(tree, packed, encoded, section, tmp_path):
    files = {"x/a.png": encoded(seed=1), "b.png": encoded(seed=2), "__MACOSX/b.png": b"", "notes.txt": b""}
    cache = tmp_path / "cache"
    folder = load_images(ImageFiles(tree(files)), section(), "x", cache)
    zipped = load_images(ImageFiles(packed(files)), section(), "x", cache)
    assert np.array_equal(folder.images, zipped.images)


@pytest.mark.parametrize("name", ["/abs.png", "../up.png", "a/../../up.png", "C:\\x.png", "..\\up.png"])
def test_a_name_that_points_out_of_the_zip_is_left_out(name, packed, encoded):
    names, skipped = listing(packed({"a.png": encoded(), name: encoded()}))
    assert names == ("a.png",)
    assert list(skipped.values()) == ["a name that points out of the zip"]


def test_an_encrypted_member_is_left_out(packed, encoded):
    path = packed({"a.png": encoded(), "b.png": encoded()})
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 8] |= 1  # general purpose flags in the central directory
    path.write_bytes(data)
    assert listing(path) == (("a.png",), {"b.png": "encrypted"})


def test_links_and_archives_in_a_zip_are_left_out(tmp_path, encoded):
    path = tmp_path / "x.zip"
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", encoded())
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", b"PK")
    assert listing(path) == (("a.png",), {"link.png": "a link", "inner.zip": "an archive, not opened"})


def test_a_damaged_member_is_left_out_with_its_reason(packed, encoded, section, tmp_path):
    path = packed({"a.png": encoded(), "b.png": encoded(seed=1), "c.png": encoded(seed=2)})
    data = bytearray(path.read_bytes())
    data[data.index(b"c.png") + 20] ^= 255
    path.write_bytes(data)
    store = load_images(ImageFiles(path), section(), "x", tmp_path / "cache")
    assert [(skipped.name, skipped.reason) for skipped in store.skipped] == [("c.png", "damaged in the zip")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing", None, "no folder, zip or data set is called"),
        ("notes.txt", b"hello", "neither a folder nor a zip"),
        ("broken.zip", b"PK\x03\x04", "no complete zip"),
    ],
)
def test_what_is_no_source_is_said(name, content, message, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        open_source(ImageFiles(tmp_path / name), PIXELS)


@pytest.mark.parametrize("name", ["x" * 5000, "nul\0byte"])
def test_a_path_that_cannot_exist_is_no_traceback(name):
    with pytest.raises(UsageError):
        open_source(ImageFiles(Path(name)), PIXELS)


def classes_of(names, table=None):
    labels = find_labels(names, [] if table is None else ["labels.csv"], lambda _: table.encode())
    assert labels is not None
    return [labels.classes[index] if index >= 0 else None for index in labels.indices], labels


def test_labels_come_from_the_first_sub_folder_sorted():
    given, labels = classes_of(["dog/old/1.png", "cat/2.png"])
    assert given == ["dog", "cat"]
    assert labels.classes == ("cat", "dog")


def test_a_folder_around_everything_is_no_label():
    assert classes_of(["pets/cat/1.png", "pets/dog/2.png"])[1].classes == ("cat", "dog")


def test_images_outside_of_sub_folders_mean_no_labels():
    assert find_labels(["cat/1.png", "2.png"], [], lambda _: b"") is None
    assert find_labels([], [], lambda _: b"") is None


def test_a_label_table_wins_over_sub_folders():
    given, labels = classes_of(["a/1.png", "b/2.png"], "\ufefffile,label\na/1.png,x\n./b/2.png, y \n\n")
    assert given == ["x", "y"]
    assert labels.notes == ()


def test_a_label_table_inside_the_only_folder_counts():
    labels = find_labels(["d/1.png", "d/2.png"], ["d/labels.csv"], lambda _: b"file,label\n1.png,x\n2.png,y\n")
    assert labels is not None
    assert labels.classes == ("x", "y")


def test_a_quoted_name_may_hold_commas_and_lines():
    assert classes_of(["a,b\nc.png"], 'file,label\n"a,b\nc.png","x,y"\n')[0] == ["x,y"]


def test_what_does_not_fit_in_a_label_table_is_noted():
    given, labels = classes_of(["1.png", "2.png"], "file,label\n1.png,x\n1.png,y\n3.png,x\n")
    assert given == ["x", None]
    assert labels.notes == (
        "1 files named in labels.csv are not among the images (3.png)",
        "1 images have no label in labels.csv and are left out (2.png)",
        "1 files have two labels in labels.csv; the first one counts (1.png)",
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name;class\n", "first line"),
        ("", "first line"),
        ("file,label\na,b,c\n", "row 2"),
        ("\0\xff", "labels.csv"),
    ],
)
def test_a_label_table_of_another_form_says_which(table, message):
    with pytest.raises(UsageError, match=message):
        find_labels(["1.png"], ["labels.csv"], lambda _: table.encode("latin-1"))


class Formula(Dataset):
    name = "formula"
    fingerprint = "formula 1"
    classes = ("even", "odd")

    def __init__(self, images):
        self.images = images

    def __len__(self):
        return len(self.images)

    def image(self, index):
        return self.images[index]

    def label(self, index):
        return index % 2


def test_a_data_set_of_arrays_is_brought_to_one_shape(section, noise, tmp_path):
    images = [noise(8, 8), noise(8, 8, 1), noise(8, 8, 3), noise(12, 9, 4)]
    store = load_images(Formula(images), section(labels=True), "formula", tmp_path)
    assert store.images.shape == (4, 8, 8, 3)
    assert np.array_equal(store.images[2], images[2])
    assert store.labels is not None
    assert store.labels.tolist() == [0, 1, 0, 1]
    assert store.shape.num_classes == 2


@pytest.mark.parametrize("wrong", [np.zeros((8, 8, 2), np.uint8), np.zeros((8, 8, 3)), np.zeros(8, np.uint8), None])
def test_a_data_set_that_breaks_its_contract_is_named(wrong, section, tmp_path):
    with pytest.raises(ContractError, match="formula: image 0"):
        load_images(Formula([wrong, wrong]), section(), "formula", tmp_path)


def test_a_label_that_is_no_class_is_a_broken_contract(section, noise, tmp_path):
    dataset = Formula([noise(8, 8)] * 3)
    dataset.classes = ("only",)
    with pytest.raises(ContractError, match="image 1 has label 1, but there are 1 classes"):
        load_images(dataset, section(labels=True), "formula", tmp_path)


def test_a_data_set_that_fails_is_named_with_its_error(section, tmp_path):
    with pytest.raises(ContractError, match="formula: image 0 failed: TypeError"):
        load_images(Formula({0: None, 1: None}.keys()), section(), "formula", tmp_path)


def test_a_data_set_without_classes_has_no_labels(section, noise, tmp_path):
    dataset = Formula([noise(8, 8)] * 3)
    dataset.classes = ()
    with pytest.raises(UsageError, match="has no labels"):
        load_images(dataset, section(labels=True), "formula", tmp_path)


def test_what_is_no_source_at_all_is_a_broken_contract():
    with pytest.raises(ContractError, match="ImageFiles or a Dataset"):
        open_source("a string", PIXELS)  # type: ignore[arg-type]  # what a careless plugin returns


def test_folders_that_cannot_be_listed_are_said(tree, encoded, monkeypatch):
    root = tree({"a.png": encoded(), "locked/b.png": encoded()})
    scandir = os.scandir

    def locked(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    assert listing(root) == (("a.png",), {"locked/": "cannot be read: Permission denied"})
    with pytest.raises(UsageError, match="cannot be listed: Permission denied"):
        open_source(ImageFiles(root / "locked"), PIXELS)


def test_a_label_table_that_cannot_be_read_is_said():
    def locked(_):
        raise Unreadable("cannot be read: Permission denied")

    with pytest.raises(UsageError, match=r"labels\.csv: cannot be read"):
        find_labels(["1.png"], ["labels.csv"], locked)


def test_hidden_members_of_a_zip_are_no_part_of_the_data(packed, encoded):
    assert listing(packed({"a.png": encoded(), ".b.png": encoded(), "__MACOSX/._a.png": b""})) == (
        ("a.png",),
        {},
    )
