"""The examples run as they are printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of twelve small images."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(12):
        pixels = np.random.default_rng(number).integers(0, 256, (40, 48, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def test_training_from_python_shows_numbers_images_and_the_generator(photos: Path, tmp_path: Path):
    out = tmp_path / "run"
    done = subprocess.run(
        [sys.executable, EXAMPLES / "train_from_python.py", str(photos), str(out), "3"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("step 3: D ") for line in lines)
    assert any(line.startswith("drew (16, 3, 32, 32) torch.uint8") for line in lines)
    assert f"samples: {out / 'samples' / 'step-00000003.png'}" in lines
    assert lines[-1] == "from one image to another in 5 steps"


def test_the_third_party_plugin_passes_its_own_tests(tmp_path: Path):
    plugin = EXAMPLES / "third-party-plugin"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(plugin / "tests")],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(plugin), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
