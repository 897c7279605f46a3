"""Checkpoints: safetensors and JSON, written whole or not at all, verified when read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ganzoo.errors import UsageError
from ganzoo.runs.atomic import sync_directory, write_atomic

FORMAT = 1
LATEST = "latest"
BEST = "best"
AVERAGE = "average"
"""The averaged generator, among a checkpoint's networks."""
_TENSOR = "__tensor__"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        networks: tensors by network: "generator", "discriminator", `AVERAGE`.
        training: nested plain values and tensors: counters, optimisers, strategies, health, log sizes.
    """

    networks: Mapping[str, Mapping[str, Tensor]]
    training: Mapping[str, Any]  # plain JSON values and tensors


def save_checkpoint(folder: Path, step: int, checkpoint: Checkpoint, keep_last: int, *, best: bool = False) -> Path:
    """Write `step-<step>` below `folder`, point `latest` (and `best`) at it, and drop what is no longer kept."""
    name = f"step-{step:08d}"
    temporary = folder / f".{name}.{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        tensors: dict[str, Tensor] = {}
        state = _take_tensors_out(checkpoint.training, "", tensors)
        contents = {f"{network}.safetensors": _save(parts) for network, parts in checkpoint.networks.items()}
        contents["training.safetensors"] = _save(tensors)
        contents["training.json"] = json.dumps({"format": FORMAT, **state}).encode()
        manifest = {n: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in contents.items()}
        contents["manifest.json"] = json.dumps({"format": FORMAT, "files": manifest}, indent=2).encode()
        for file, content in contents.items():
            write_atomic(temporary / file, content)
        _take_place(temporary, folder / name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    if best:
        write_atomic(folder / BEST, name)
    write_atomic(folder / LATEST, name)
    _drop_old(folder, name, keep_last)
    return folder / name


def load_checkpoint(path: Path) -> Checkpoint:
    """Read one checkpoint and verify every byte against its manifest. Runs no code that the files bring.

    Raises:
        UsageError: it is damaged; the message names the file.
    """
    verify(path)
    files = {file.stem: _load(file) for file in sorted(path.glob("*.safetensors"))}
    tensors = files.pop("training", {})
    try:
        state = json.loads((path / "training.json").read_text(encoding="utf-8"))
        return Checkpoint(files, _put_tensors_back(state, tensors))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path / 'training.json'} is not what ganzoo writes: {error!r}") from error


def verify(path: Path) -> None:
    """Every file is there with the size and sha256 the manifest says.

    Raises:
        UsageError: the first file that is not as it was written.
    """
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        files = dict(manifest["files"])
        for name, expected in files.items():
            content = (path / Path(name).name).read_bytes()
            if len(content) != expected["bytes"] or hashlib.sha256(content).hexdigest() != expected["sha256"]:
                raise UsageError(f"{path / name} is damaged: not what its manifest says")
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise UsageError(f"{path} is no whole checkpoint: {error}") from error


def find_checkpoint(folder: Path, which: str = LATEST, say: Callable[[str], None] = lambda _: None) -> Path:
    """The checkpoint `latest` or `best` names, or a step's name; the newest whole one where that is damaged.

    Args:
        folder: the run's checkpoints.
        which: `latest`, `best`, or `step-...`.
        say: told in one line what was wrong with a checkpoint that is passed over.

    Raises:
        UsageError: there is none that is whole.
    """
    candidates = sorted(folder.glob("step-*"), reverse=True)
    pointer = folder / which
    named = pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else which
    first = [path for path in candidates if path.name == named]
    if which == BEST and not pointer.is_file():
        raise UsageError(
            f"{folder} has no best checkpoint: no score that can be ranked was measured while training",
            hint="take the newest with --checkpoint latest",
        )
    if which != LATEST and not first:
        known = ", ".join(path.name for path in candidates) or "none"
        raise UsageError(f"{folder} has no checkpoint {which}", hint=f"it has: {known}")
    if which != LATEST:  # asked for by name: another one would be another generator
        verify(first[0])
        return first[0]
    for path in [*first, *(path for path in candidates if path not in first)]:
        try:
            verify(path)
        except UsageError as error:
            say(f"passed over a checkpoint: {error.message}")
            continue
        return path
    raise UsageError(f"no whole checkpoint in {folder}", hint="the run stopped before its first one was written")


def _load(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise UsageError(f"{path} holds no weights: {error}") from error


def _save(tensors: Mapping[str, Tensor]) -> bytes:
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})


def _take_place(temporary: Path, final: Path) -> None:
    old = final.with_name(f".old-{final.name}")
    if final.exists():
        shutil.rmtree(old, ignore_errors=True)
        final.rename(old)
    temporary.rename(final)
    sync_directory(final.parent)
    shutil.rmtree(old, ignore_errors=True)


def _drop_old(folder: Path, newest: str, keep_last: int) -> None:
    """Keep the best, and the last ones up to the newest; steps above it are of a future that was given up."""
    best = folder / BEST
    kept = {best.read_text(encoding="utf-8").strip()} if best.is_file() else set()
    past = sorted((path.name for path in folder.glob("step-*") if path.name <= newest), reverse=True)
    kept.update(past[:keep_last])
    for path in folder.glob("step-*"):
        if path.name not in kept:
            shutil.rmtree(path)


def _take_tensors_out(value: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, Tensor):
        tensors[path] = value
        return {_TENSOR: path}
    if isinstance(value, Mapping):
        return {str(key): _take_tensors_out(item, f"{path}/{key}", tensors) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_take_tensors_out(item, f"{path}/{index}", tensors) for index, item in enumerate(value)]
    return value


def _put_tensors_back(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_TENSOR}:
            return tensors[value[_TENSOR]]
        return {key: _put_tensors_back(item, tensors) for key, item in value.items()}
    if isinstance(value, list):
        return [_put_tensors_back(item, tensors) for item in value]
    return value
