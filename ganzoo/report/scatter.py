"""Points as a picture: generated ones over real ones."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from ganzoo.report.images import png
from ganzoo.runs.atomic import write_atomic

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

SIZE = 400
"""Height and width of the picture in pixels."""
FINER = 3
"""Drawn so many times as large and scaled down, for round dots."""
RADIUS = 2.2
"""Of a dot, in pixels."""
MARGIN = 0.25
"""Around the reals on each side, as a share of their extent: room for fakes that go astray."""
MOST_REALS = 1500
PAGE, REAL, FAKE = (255, 255, 255), (200, 200, 200), (31, 105, 180)


def write_scatter(points: Tensor, path: Path, reals: NDArray[np.float32] | None = None) -> None:
    """Write points as a PNG: their first two coordinates, to the right and upwards; the same points, the same bytes.

    Points of one dimension lie on a line, one above the other in their order. What lies outside is drawn at the edge.

    Args:
        points: [N, dim, 1, 1] float32, finite.
        path: the PNG, in a folder that exists; written whole or not at all.
        reals: [M, dim] float32, drawn below in grey. They decide what the picture shows, so that those of one
            training can be laid over one another; None: the points themselves do.
    """
    fakes = in_the_plane(points.detach().cpu().numpy().reshape(len(points), -1))
    below = None if reals is None else in_the_plane(reals[:MOST_REALS])
    centre, reach = window(fakes if below is None else below)
    picture = Image.new("RGB", (SIZE * FINER, SIZE * FINER), PAGE)
    draw = ImageDraw.Draw(picture)
    for places, colour in ((below, REAL), (fakes, FAKE)):
        if places is not None:
            _dots(draw, on_the_page(places, centre, reach), colour)
    small = picture.resize((SIZE, SIZE), Image.Resampling.BOX)
    write_atomic(path, png(np.asarray(small)))


def write_points(points: Tensor, folder: Path, name: str, *, picture: bool) -> Path:
    """Write points [N, dim, 1, 1] as a picture `<name>.png`, or a table `<name>.csv` with a row a point."""
    path = folder / f"{name}.{'png' if picture else 'csv'}"
    if picture:
        write_scatter(points, path)
        return path
    rows = points.detach().cpu().numpy().reshape(len(points), -1)
    text = io.StringIO()
    header = ",".join(f"x{axis}" for axis in range(rows.shape[1]))
    np.savetxt(text, rows, delimiter=",", fmt="%.9g", header=header, comments="")
    write_atomic(path, text.getvalue())
    return path


def in_the_plane(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """[N, dim] -> [N, 2]: the first two coordinates; of one, the place in their order, in [-1, 1], is the second."""
    if points.shape[1] >= 2:
        return points[:, :2].astype(np.float64)
    return np.stack([points[:, 0], np.linspace(-1, 1, len(points))], axis=1).astype(np.float64)


def window(places: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The centre [2] of a square around some places [N, 2], and half its side; at least that of [-1, 1]."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = float((high - low).max()) / 2
    return (low + high) / 2, max(1.0, half) * (1 + MARGIN)


def on_the_page(places: NDArray[np.float64], centre: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """Places [N, 2] in [0, 1] of the page, x to the right, y downwards; what lies outside is moved to the edge."""
    shares: NDArray[np.float64] = np.clip((places - centre) / (2 * reach) + 0.5, 0.0, 1.0)
    return shares * [1, -1] + [0, 1]


def _dots(draw: ImageDraw.ImageDraw, shares: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    radius = RADIUS * FINER
    for x, y in shares * (SIZE * FINER - 1):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
