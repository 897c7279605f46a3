from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ganzoo.config.models import Choice, DataSection
from ganzoo.contracts.parts import DatasetConfig


@pytest.fixture
def section() -> Callable[..., DataSection]:
    """A data section with an 8-pixel image size; keywords change it."""

    def make(**settings: Any) -> DataSection:
        source = Choice[DatasetConfig](kind="files", settings=DatasetConfig())
        return DataSection(source=source, **{"image_size": 8, **settings})

    return make


@pytest.fixture
def noise() -> Callable[..., NDArray[np.uint8]]:
    """Reproducible random pixels of the shape given."""

    def make(*shape: int, seed: int = 0) -> NDArray[np.uint8]:
        return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)

    return make


@pytest.fixture
def encoded(noise: Callable[..., NDArray[np.uint8]]) -> Callable[..., bytes]:
    """Bytes of an 8 x 8 image file."""

    def make(image_format: str = "PNG", seed: int = 0) -> bytes:
        data = io.BytesIO()
        Image.fromarray(noise(8, 8, 3, seed=seed)).save(data, image_format)
        return data.getvalue()

    return make


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """A folder with the files given."""

    def make(files: Mapping[str, bytes]) -> Path:
        root = tmp_path / "images"
        for name, data in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return root

    return make


@pytest.fixture
def packed(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """A zip with the members given."""

    def make(files: Mapping[str, bytes]) -> Path:
        path = tmp_path / "images.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path

    return make
