"""Results as files: a picture to look at, and the numbers beside it."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import save
from torch import Tensor

from ganzoo.errors import UsageError
from ganzoo.latent.directions import Directions
from ganzoo.playing.projecting import Projection
from ganzoo.report.grid import write_grid
from ganzoo.runs.atomic import write_atomic

BESIDE = ".safetensors"


def in_a_folder(path: Path) -> Path:
    """The same file, in a folder that now exists.

    Raises:
        UsageError: the folder cannot be made, the file is a folder, or is called as the numbers beside a picture are.
    """
    if path.suffix == BESIDE:
        raise UsageError(f"{path}: --out takes a picture; its numbers go beside it, into a file ending in {BESIDE}")
    if path.is_dir():
        raise UsageError(f"{path} is a folder: --out takes a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror or error}", hint="choose another --out") from error
    return path


def write_projection(found: Projection, path: Path) -> Path:
    """The image and what was found, side by side, as a PNG; `style` beside it, in a file ending in `.safetensors`.

    Returns:
        The second file.
    """
    write_grid(found.side_by_side(), path, columns=2)
    return _beside(path, {"style": found.style})


def write_directions(found: Directions, strip: Tensor, columns: int, path: Path) -> Path:
    """A row a direction as a PNG; `steps` and `effects` beside it, in a file ending in `.safetensors`.

    Returns:
        The second file.
    """
    write_grid(strip, path, columns=columns)
    return _beside(path, {"steps": found.steps, "effects": found.effects})


def _beside(path: Path, tensors: dict[str, Tensor]) -> Path:
    file = path.with_suffix(BESIDE)
    write_atomic(file, save({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}))
    return file
