from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import ganzoo_datasets
from ganzoo.config.models import Choice, DataSection
from ganzoo.contracts import Dataset, ImageFiles
from ganzoo.contracts.parts import DatasetConfig
from ganzoo.data import load_images
from ganzoo.errors import UsageError
from ganzoo_datasets import torchvision_sets
from ganzoo_datasets.torchvision_sets import KNOWN, TorchvisionConfig

SPECS = {spec.name: spec for spec in ganzoo_datasets.ganzoo_datasets()}


def section(**settings):
    return DataSection(source=Choice[DatasetConfig](kind="x", settings=DatasetConfig()), **settings)


def test_the_data_sets_are_avatars_files_and_torchvision():
    assert list(SPECS) == ["avatars", "files", "torchvision"]
    assert [spec.argument for spec in SPECS.values()] == ["", "path", "name"]
    assert all(spec.licence for spec in SPECS.values())


def test_the_plugin_loads_neither_torch_nor_numpy():
    code = "import sys, ganzoo_datasets as d; d.ganzoo_datasets(); print({'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_settings_are_described():
    for spec in SPECS.values():
        assert all(field.description for field in spec.config.model_fields.values())


def test_avatars_come_with_the_package_and_say_that_they_are_drawn(tmp_path):
    spec = SPECS["avatars"]
    assert "drawn, not photographs" in spec.summary
    assert "Lisa Wischofsky" in spec.source
    assert spec.licence == "CC0 1.0"
    store = load_images(spec.build(spec.config()), section(labels=True), "avatars", tmp_path)
    assert store.images.shape == (4096, 64, 64, 3)
    assert len(store.classes) == 11
    assert (store.skipped, store.notes) == ((), ())
    assert np.bincount(store.labels).min() > 100


def test_the_credits_lie_beside_the_zip():
    folder = Path(ganzoo_datasets.__file__).parent
    assert "Lisa Wischofsky" in (folder / "CREDITS.md").read_text("utf-8")
    assert zipfile.is_zipfile(folder / "avatars.zip")


def test_files_are_a_path_with_the_home_folder_expanded(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    spec = SPECS["files"]
    assert spec.build(spec.config(path="~/faces")) == ImageFiles(tmp_path / "faces")
    with pytest.raises(ValidationError):
        spec.config(path="")


def test_an_unknown_torchvision_name_meets_its_nearest():
    with pytest.raises(UsageError, match=r"`mnst`.*`mnist`"):
        torchvision_sets.build(TorchvisionConfig(name="mnst"))


def test_every_known_name_is_a_class_of_torchvision():
    from torchvision import datasets

    assert all(issubclass(getattr(datasets, known.of), datasets.VisionDataset) for known in KNOWN.values())


def write_idx(path, values):
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    path.write_bytes(header + values.tobytes())


def test_mnist_on_disk_needs_no_network(tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    digits = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    for split in ("train", "t10k"):
        write_idx(raw / f"{split}-images-idx3-ubyte", digits)
        write_idx(raw / f"{split}-labels-idx1-ubyte", np.arange(5, dtype=np.uint8))
    dataset = torchvision_sets.build(TorchvisionConfig(name="MNIST", root=str(tmp_path)))
    assert isinstance(dataset, Dataset)
    assert (dataset.name, len(dataset), len(dataset.classes)) == ("mnist", 5, 10)
    assert np.array_equal(dataset.image(3), digits[3])
    store = load_images(dataset, section(image_size=28, channels=1, labels=True), "mnist", tmp_path / "cache")
    assert np.array_equal(store.images[:, :, :, 0], digits)
    assert store.labels.tolist() == [0, 1, 2, 3, 4]


def broken(error):
    def construct(**_):
        raise error

    return construct


@pytest.mark.parametrize("error", [OSError("no route"), RuntimeError("not found or corrupted"), EOFError()])
def test_a_failed_download_says_where_it_looked_and_what_to_do(error, monkeypatch, tmp_path):
    import torchvision

    monkeypatch.setattr(torchvision.datasets, "CIFAR10", broken(error))
    with pytest.raises(UsageError, match="could not be downloaded") as raised:
        torchvision_sets.build(TorchvisionConfig(name="cifar10", root=str(tmp_path)))
    assert str(tmp_path) in raised.value.message
    assert "the network is needed once" in raised.value.hint


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    import torchvision

    monkeypatch.setattr(torchvision.datasets, "SVHN", broken(ModuleNotFoundError("No module", name="scipy.io")))
    with pytest.raises(UsageError, match="needs a package") as raised:
        torchvision_sets.build(TorchvisionConfig(name="svhn", root=str(tmp_path)))
    assert raised.value.hint == "install it: pip install scipy"


def test_downloads_go_to_the_cache_by_default(monkeypatch, tmp_path):
    import torchvision

    roots = []

    def construct(root, **_):
        roots.append(root)
        raise OSError

    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    monkeypatch.setattr(torchvision.datasets, "USPS", construct)
    with pytest.raises(UsageError):
        torchvision_sets.build(TorchvisionConfig(name="usps"))
    assert roots == [str(tmp_path / "torchvision")]


class Pictures:
    """Like torchvision's: (Pillow image, label)."""

    class_to_idx = {"b": 1, "a": 0}  # noqa: RUF012 - as torchvision has it
    labels = (1, -1)

    def __len__(self):
        return 2

    def __getitem__(self, index):
        from PIL import Image

        return Image.new("CMYK", (4, 4)), self.labels[index]


@pytest.mark.parametrize("where", ["labels", ""])
def test_labels_come_from_the_attribute_or_with_the_image(where):
    from ganzoo_datasets.torchvision_images import TorchvisionImages

    known = torchvision_sets.Known("X", labels=where, classes="class_to_idx")
    dataset = TorchvisionImages("x", known, Pictures())
    assert list(dataset.classes) == ["a", "b"]
    assert [dataset.label(0), dataset.label(1)] == [1, None]
    assert dataset.image(0).shape == (4, 4, 3)


def test_a_set_without_classes_has_no_labels():
    from ganzoo_datasets.torchvision_images import TorchvisionImages

    dataset = TorchvisionImages("x", torchvision_sets.Known("X", classes=0), Pictures())
    assert (list(dataset.classes), dataset.label(0)) == ([], None)
