"""A large image in parts: what a conversion needs on the way is then small, however large the image is."""

from __future__ import annotations

from collections.abc import Iterator

PIXELS = 2**20


def strips(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Boxes (left, upper, right, lower) of whole rows that cover an image of (width, height), a megapixel each."""
    width, height = size
    rows = max(1, PIXELS // max(1, width))
    for top in range(0, height, rows):
        yield (0, top, width, min(top + rows, height))
