"""What a checkpoint's folder must hold: each file's size and sha256, so that damage is noticed before it is used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ganzoo.errors import UsageError
from ganzoo.runs.records import parse_exact_json, read_text

NAME = "manifest.json"
FORMAT = 1


def manifest_of(contents: Mapping[str, bytes], images: int) -> bytes:
    """The manifest of files by name, and the images seen when they were made."""
    files = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in contents.items()
    }
    return json.dumps({"format": FORMAT, "images": images, "files": files}, indent=2).encode()


def verify(path: Path) -> list[str]:
    """Every file is there with the size and sha256 the manifest says; sizes are compared before anything is read.

    Returns:
        The files' names, which nothing that leads out of the folder is among.

    Raises:
        UsageError: the first file that is not as it was written.
    """
    try:
        manifest = read_json(path / NAME)
        if manifest["format"] != FORMAT:
            raise UsageError(f"{path} is of format {manifest['format']!r}; this ganzoo reads format {FORMAT}")
        files = {str(name): (int(facts["bytes"]), facts["sha256"]) for name, facts in manifest["files"].items()}
        for name, (size, _) in files.items():
            if name != Path(name).name or (path / name).is_symlink() or not (path / name).is_file():
                raise UsageError(f"{path} lacks a file that its manifest names: {name}")
            if (path / name).stat().st_size != size:
                raise UsageError(f"{path / name} is damaged: it has not the {size:,} bytes its manifest says")
        for name, (_, expected) in files.items():
            if sha256(path / name) != expected:
                raise UsageError(f"{path / name} is damaged: not what its manifest says")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UsageError(f"{path} is no whole checkpoint: {error}") from error
    return list(files)


def images_of(path: Path) -> int | None:
    """Real images seen when a checkpoint was made; None where its manifest cannot tell."""
    try:
        return int(read_json(path / NAME)["images"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def sha256(path: Path) -> str:
    """Of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> Any:  # Any: JSON
    """A JSON file of a checkpoint.

    Raises:
        OSError: it is not there, or may not be read.
        ValueError: it is far too large, no JSON, or nested too deep.
    """
    return parse_exact_json(read_text(path))
