from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ganzoo.errors import UsageError
from ganzoo.report import write_grid
from ganzoo.report.grid import GAP, GAP_COLOUR, MIN_WIDTH, arrange, best_columns, enlargement
from ganzoo.report.images import BATCHES_HELD, write_images

if TYPE_CHECKING:
    from numpy.typing import NDArray


def noise(count: int, size: int, channels: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, channels), dtype=np.uint8)


def test_a_tensor_and_an_array_of_the_same_images_give_the_same_bytes(tmp_path: Path) -> None:
    images = noise(6, 8)
    write_grid(images, tmp_path / "array.png")
    write_grid(torch.from_numpy(images).permute(0, 3, 1, 2), tmp_path / "tensor.png")
    assert (tmp_path / "array.png").read_bytes() == (tmp_path / "tensor.png").read_bytes()


def test_sixty_four_images_of_64_px_are_not_enlarged(tmp_path: Path) -> None:
    images = noise(64, 64)
    write_grid(images, tmp_path / "grid.png")
    picture = np.asarray(Image.open(tmp_path / "grid.png"))
    assert picture.shape == (8 * 66 + 2, 8 * 66 + 2, 3)
    assert (picture[GAP : GAP + 64, GAP : GAP + 64] == images[0]).all()
    assert (picture[-GAP - 64 : -GAP, -GAP - 64 : -GAP] == images[63]).all()


@given(count=st.integers(1, 80), size=st.integers(4, 256))
def test_a_grid_is_wide_enough_to_look_at_and_no_wider_than_need_be(count: int, size: int) -> None:
    columns = best_columns(count)
    factor = enlargement(columns, size)
    assert columns * size * factor >= MIN_WIDTH
    assert factor == 1 or columns * size * (factor - 1) < MIN_WIDTH


@given(count=st.integers(1, 1024))
def test_a_grid_is_nearly_square(count: int) -> None:
    columns = best_columns(count)
    rows = -(-count // columns)
    assert rows <= columns
    assert columns <= 2 * rows
    assert rows * columns - count < columns


def test_small_images_are_enlarged_in_whole_pixels(tmp_path: Path) -> None:
    images = noise(4, 16)
    write_grid(images, tmp_path / "grid.png")
    picture = np.asarray(Image.open(tmp_path / "grid.png"))
    factor = MIN_WIDTH // 32
    tile = picture[GAP : GAP + 16 * factor, GAP : GAP + 16 * factor]
    assert (tile[::factor, ::factor] == images[0]).all()
    assert (tile[factor - 1 :: factor, factor - 1 :: factor] == images[0]).all()


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_grey_colour_and_alpha_keep_their_channels(tmp_path: Path, channels: int, mode: str) -> None:
    write_grid(noise(3, 8, channels), tmp_path / "grid.png")
    assert Image.open(tmp_path / "grid.png").mode == mode


def test_places_left_over_are_gap() -> None:
    picture = arrange(np.zeros((3, 4, 4, 3), dtype=np.uint8), columns=2)
    assert (picture[-4 - GAP :, -4 - GAP :] == GAP_COLOUR[:3]).all()


def test_columns_can_be_chosen(tmp_path: Path) -> None:
    write_grid(noise(6, 256), tmp_path / "grid.png", columns=6)
    assert Image.open(tmp_path / "grid.png").size == (6 * 258 + 2, 258 + 2)


@pytest.mark.parametrize(
    "images",
    [np.zeros((0, 8, 8, 3), np.uint8), np.zeros((2, 8, 8, 3), np.float32), np.zeros((8, 8, 3), np.uint8)],
)
def test_what_are_no_images_is_an_error_that_says_what_is_needed(tmp_path: Path, images: np.ndarray) -> None:
    with pytest.raises(UsageError, match=r"uint8 images, a tensor \[N, C, H, W\]"):
        write_grid(images, tmp_path / "grid.png")
    assert not list(tmp_path.iterdir())


def test_a_write_that_fails_leaves_the_old_grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "grid.png"
    write_grid(noise(4, 8), path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        write_grid(noise(4, 8, seed=1), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["grid.png"]


def test_single_images_are_written_as_they_are(tmp_path: Path) -> None:
    images = noise(2, 8, 1)
    files = write_images([images], tmp_path / "new", "seed0")
    assert [file.name for file in files] == ["seed0-00000.png", "seed0-00001.png"]
    assert (np.asarray(Image.open(files[1])) == images[1, :, :, 0]).all()


def test_batches_are_written_in_order_and_only_a_few_are_held(tmp_path: Path) -> None:
    images = noise(40, 8, 3)
    made: list[int] = []

    def batches() -> Iterator[NDArray[np.uint8]]:
        for start in range(0, 40, 4):
            yield images[start : start + 4]
            made.append(len(list(tmp_path.glob("*.png"))))

    files = write_images(batches(), tmp_path, "one")
    assert files == sorted(tmp_path.glob("*.png"))
    assert all((np.asarray(Image.open(file)) == image).all() for file, image in zip(files, images, strict=True))
    # Before batch k is made, all but the last few of those before it are written.
    assert all(written >= 4 * (batch - BATCHES_HELD) for batch, written in enumerate(made))


def test_a_file_that_cannot_be_written_ends_it(tmp_path: Path) -> None:
    (tmp_path / "one-00002.png").mkdir()
    with pytest.raises(OSError, match="one-00002"):
        write_images([noise(4, 8, 3)], tmp_path, "one")
