"""Points as pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ganzoo.report.scatter import FAKE, REAL, in_the_plane, on_the_page, window, write_points, write_scatter


def points(*places: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(places)[:, :, None, None]


REALS = np.array([[-1.0, -1.0], [1.0, 1.0]], dtype=np.float32)


def colour_at(path: Path, x: float, y: float) -> tuple[int, ...]:
    picture = Image.open(path)
    return picture.getpixel((round(x * (picture.width - 1)), round(y * (picture.height - 1))))


def test_fakes_lie_over_reals_with_y_upwards(tmp_path: Path) -> None:
    write_scatter(points((-1.0, 1.0), (1.0, 1.0)), tmp_path / "a.png", REALS)
    assert colour_at(tmp_path / "a.png", 0.1, 0.1) == FAKE
    assert colour_at(tmp_path / "a.png", 0.9, 0.1) == FAKE
    assert colour_at(tmp_path / "a.png", 0.1, 0.9) == REAL


def test_fakes_far_away_are_drawn_at_the_edge_and_do_not_change_the_scale(tmp_path: Path) -> None:
    write_scatter(points((1e6, 0.0)), tmp_path / "a.png", REALS)
    assert colour_at(tmp_path / "a.png", 1.0, 0.5) == FAKE
    assert colour_at(tmp_path / "a.png", 0.1, 0.9) == REAL


def test_the_same_points_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_scatter(points((0.3, -0.2)), tmp_path / f"{name}.png", REALS)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_points_on_a_line_lie_one_above_the_other() -> None:
    places = in_the_plane(np.array([[5.0], [6.0], [7.0]], dtype=np.float32))
    assert places.tolist() == [[5.0, -1.0], [6.0, 0.0], [7.0, 1.0]]


def test_a_single_place_has_a_window_around_it() -> None:
    centre, reach = window(np.zeros((4, 2)))
    assert on_the_page(np.zeros((1, 2)), centre, reach).tolist() == [[0.5, 0.5]]


def test_a_table_has_a_row_a_point(tmp_path: Path) -> None:
    path = write_points(points((0.5, -1.5), (2.0, 0.25)), tmp_path, "seed0", picture=False)
    assert path.read_text() == "x0,x1\n0.5,-1.5\n2,0.25\n"
