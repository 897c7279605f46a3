"""What a checkpoint's folder must hold: each file's size and sha256, so that damage is noticed before it is used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ganzoo.config.tables import is_too_deep
from ganzoo.errors import UsageError

NAME = "manifest.json"
FORMAT = 1
MAX_JSON_BYTES = 64_000_000
"""Far more than a checkpoint's JSON ever has; a file that claims more is not read."""


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
    except (UsageError, OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def sha256(path: Path) -> str:
    """Of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> Any:
    """A JSON file of a checkpoint.

    Raises:
        UsageError: it is far too large, or nested too deep.
    """
    size = path.stat().st_size
    if size > MAX_JSON_BYTES:
        raise UsageError(f"{path} has {size:,} bytes: not what ganzoo writes")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        value = None
    if value is None or is_too_deep("", value):  # whatever walks through it may be deeper than Python's stack
        raise UsageError(f"{path} is nested too deep: not what ganzoo writes")
    return value
