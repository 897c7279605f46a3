"""A file that is mapped may be larger than the memory: what was read of it is given back."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from ganzoo.data import mapping
from ganzoo.data.mapping import Resident, mapped

SHAPE = (400, 64, 64, 3)


def resident_kb(path: Path) -> int:
    """Of the file, in this process."""
    lines = Path("/proc/self/smaps").read_text().splitlines()
    start = next(index for index, line in enumerate(lines) if line.endswith(str(path)))
    return next(int(line.split()[1]) for line in lines[start:] if line.startswith("Rss:"))


@pytest.fixture
def images(tmp_path: Path) -> Path:
    path = tmp_path / "some.images"
    path.write_bytes(np.random.default_rng(0).integers(256, size=SHAPE, dtype=np.uint8).tobytes())
    return path


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_pages_of_a_mapped_file_are_given_back_after_so_many_bytes(images: Path, monkeypatch) -> None:
    monkeypatch.setattr(mapping, "RESIDENT", 10**6)
    array = mapped(images, SHAPE)
    resident = Resident(array)
    first = array[:200].copy()
    assert resident_kb(images) >= first.nbytes // 1024
    resident.read(first.nbytes)
    assert resident_kb(images) == 0
    assert np.array_equal(array[:200], first)


def test_what_is_in_memory_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(mapping, "RESIDENT", 1)
    array = np.ones(SHAPE, dtype=np.uint8)
    Resident(array).read(10**6)
    assert array.all()
