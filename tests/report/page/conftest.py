"""Runs made of synthetic logs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from made_runs import config_of, made_run
from PIL import Image

from ganzoo.registry.catalogue import Catalogue
from ganzoo.runs.directory import RunDirectory

MakeRun = Callable[..., RunDirectory]


@pytest.fixture(scope="session")
def config_text(installed: Catalogue) -> str:
    """config.toml of a run that differs from its recipe in two settings."""
    return config_of(installed)


@pytest.fixture
def make_run(tmp_path: Path, config_text: str) -> MakeRun:
    """Writes a run directory as training would: so many ticks, evaluations and grids."""
    return partial(made_run, tmp_path / "run", config_text)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Sixteen small pictures in a folder."""
    folder = tmp_path / "photos"
    folder.mkdir()
    random = np.random.default_rng(0)
    for index in range(16):
        Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{index:02d}.png")
    return folder
