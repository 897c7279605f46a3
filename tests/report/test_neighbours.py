"""The picture of generated images above their nearest training images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganzoo.errors import UsageError
from ganzoo.report.neighbours import CAPTION, GAP, TITLE, write_neighbours


def flat(value: int, count: int = 1, channels: int = 3, size: int = 80) -> np.ndarray:
    return np.full((count, size, size, channels), value, dtype=np.uint8)


def test_the_generated_image_stands_above_the_real_one(tmp_path: Path) -> None:
    write_neighbours(flat(10), flat(200), [3.0], 1.0, tmp_path / "pairs.png")
    picture = np.asarray(Image.open(tmp_path / "pairs.png"))
    column = GAP + 40
    assert picture[TITLE + 40, column].tolist() == [10, 10, 10]
    assert picture[TITLE + 80 + 40, column].tolist() == [200, 200, 200]


def test_the_distance_of_a_copy_is_red_and_any_other_is_not(tmp_path: Path) -> None:
    def is_red(distance: float) -> bool:
        write_neighbours(flat(255), flat(255), [distance], 1.0, tmp_path / "pairs.png")
        below = np.asarray(Image.open(tmp_path / "pairs.png"), dtype=int)[-CAPTION - GAP :]
        return bool((below[..., 0] - below[..., 1] > 100).any())

    assert is_red(1.0)
    assert not is_red(1.01)


@pytest.mark.parametrize(("channels", "size", "count"), [(1, 16, 3), (3, 64, 16), (4, 100, 9)])
def test_any_number_of_pairs_is_drawn_in_any_size(tmp_path: Path, channels: int, size: int, count: int) -> None:
    images = flat(100, count, channels, size)
    write_neighbours(images, images, [float(index) for index in range(count)], 2.0, tmp_path / "pairs.png")
    rows = -(-count // 8)
    tile = size * max(1, -(-80 // size))
    assert Image.open(tmp_path / "pairs.png").height == TITLE + rows * (2 * tile + CAPTION + 2 * GAP)


def test_sides_that_do_not_match_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pairs cannot be made"):
        write_neighbours(flat(0, 2), flat(0, 3), [1.0, 2.0], 1.0, tmp_path / "pairs.png")
