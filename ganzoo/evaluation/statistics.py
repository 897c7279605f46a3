"""Summaries of real images on disk, found by what they were computed from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from ganzoo.data.cache import written_whole

DIGEST = "sha256"


def content_key(**content: object) -> str:
    """A file name for what was computed from `content`, plain JSON values: equal content, equal name."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class StatisticsCache:
    """Named tensors by key, one file each, written at once or not at all. A damaged file is as good as none.

    Args:
        folder: where the files are.
        note: told in one line what did not work; nothing here stops an evaluation.
    """

    def __init__(self, folder: Path, note: Callable[[str], None]) -> None:
        self.folder = folder
        self.note = note

    def path(self, key: str) -> Path:
        """Where the tensors of `key` are, or would be."""
        return self.folder / f"{key}.safetensors"

    def read(self, key: str) -> dict[str, Tensor] | None:
        """The tensors of `key`; None where there are none or they are damaged."""
        path = self.path(key)
        if not path.is_file():
            return None
        try:
            # Read once: safe_open looks the name up twice, and another process may put a new file there in between.
            content = path.read_bytes()
            tensors, digest = load(content), _written_digest(content)
        except (OSError, SafetensorError, ValueError) as error:
            self.note(f"cached statistics {path.name} cannot be read ({error}); they are computed again")
            return None
        if digest != _digest(tensors):
            self.note(f"cached statistics {path.name} are damaged; they are computed again")
            return None
        return tensors

    def write(self, key: str, tensors: Mapping[str, Tensor]) -> None:
        """Keep the tensors for later runs."""
        kept = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        content = save(kept, metadata={DIGEST: _digest(kept)})
        try:
            with written_whole(self.path(key)) as file:
                file.write(content)
        except OSError as error:
            self.note(f"statistics of the real images cannot be kept ({error}); the next run computes them again")


def _written_digest(content: bytes) -> str | None:
    """What the file says its digest is: in a header of JSON, whose length the first 8 bytes give."""
    length = int.from_bytes(content[:8], "little")
    digest: str | None = json.loads(content[8 : 8 + length]).get("__metadata__", {}).get(DIGEST)
    return digest


def _digest(tensors: Mapping[str, Tensor]) -> str:
    return hashlib.sha256(save(dict(tensors))).hexdigest()
