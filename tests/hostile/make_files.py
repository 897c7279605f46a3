"""Makes several hundred damaged or hostile files, the same ones each time: images, zips, configurations,
runs, exported generators.

python tests/hostile/make_files.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from hostile_bytes import Case
from hostile_configs import hostile_configs
from hostile_exports import hostile_exports
from hostile_images import hostile_images
from hostile_runs import hostile_runs
from hostile_zips import hostile_zips
from PIL import Image


def make_files(folder: Path, canary: Path) -> list[Case]:
    """Write them below `folder`; a good run among them, in `folder/good`.

    Args:
        folder: a new one.
        canary: a file that appears where a payload's code runs.
    """
    folder.mkdir()
    run = good_run(folder / "good", _photos(folder / "photos"))
    return [
        *hostile_images(folder / "images", canary),
        *hostile_zips(folder / "zips", canary),
        *hostile_configs(folder / "configs", (run / "config.toml").read_text(), canary),
        *hostile_exports(folder / "exports", run, canary),
        *hostile_runs(folder / "runs", run, canary),
    ]


def good_run(path: Path, photos: Path) -> Path:
    """A run of two steps."""
    import ganzoo

    settings: dict[str, object] = {
        "generator.width": 4,
        "discriminator.width": 4,
        "samples.count": 4,
        "evaluation.at_end": False,
        "evaluation.memorising": False,
        "logging.tick_steps": 1,
    }
    ganzoo.run(
        "dcgan",
        preset="try",
        data=photos,
        steps=2,
        batch_size=4,
        image_size=16,
        device="cpu",
        settings=settings,
        out=path,
    )
    for large in ("report.html", "curves.png", "training.gif"):  # copied hundreds of times
        (path / large).unlink(missing_ok=True)
    return path


def _photos(folder: Path) -> Path:
    folder.mkdir()
    random = np.random.default_rng(0)
    for index in range(8):
        Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{index}.png")
    return folder


if __name__ == "__main__":
    made = make_files(Path(sys.argv[1]), Path(sys.argv[1]).with_name("canary"))
    sys.stdout.write(f"{len(made)} files below {sys.argv[1]}\n")
