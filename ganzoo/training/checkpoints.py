"""Checkpoints: safetensors and JSON, written whole or not at all, verified when written and when read."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from ganzoo.errors import UsageError, nearest
from ganzoo.runs.atomic import sync_directory, write_atomic, write_synced
from ganzoo.training.manifest import FORMAT, NAME, manifest_of, read_json, verify
from ganzoo.training.plain_state import put_tensors_back, take_tensors_out
from ganzoo.training.retention import drop_old

LATEST = "latest"
BEST = "best"
AVERAGE = "average"
"""The averaged generator, among a checkpoint's networks."""
Tensors = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        networks: tensors by network: "generator", "discriminator", `AVERAGE`.
        training: nested plain values and tensors: counters, optimisers, strategies, health, log sizes.
        images: real images seen.
    """

    networks: Mapping[str, Tensors]
    training: Mapping[str, Any]  # plain JSON values and tensors
    images: int = 0


def save_checkpoint(
    folder: Path,
    step: int,
    checkpoint: Checkpoint,
    keep_last: int,
    *,
    best: bool = False,
    keep_every_kimg: float | None = None,
    keep: Collection[str] = (),
) -> Path:
    """Write `step-<step>` below `folder`, point `latest` (and `best`) at it, and drop what is no longer kept.

    Those named in `keep` stay. Nothing else is removed before the new one was read back and found whole.

    Raises:
        OSError: it could not be written; `latest` and what it names are as before.
    """
    name = f"step-{step:08d}"
    temporary = folder / f".{name}.{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        for file, content in _files(checkpoint).items():
            write_synced(temporary / file, content)
        sync_directory(temporary)
        try:
            verify(temporary)
        except UsageError as error:
            raise OSError(f"what was written is not what can be read back: {error.message}") from error
        _take_place(temporary, folder / name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    if best:
        write_atomic(folder / BEST, name)
    write_atomic(folder / LATEST, name)
    drop_old(folder, name, pointed_at(folder, BEST), keep_last, keep_every_kimg, keep)
    return folder / name


def load_checkpoint(path: Path, expected: Mapping[str, Tensors] | None = None) -> Checkpoint:
    """Read one checkpoint and verify every byte against its manifest. Runs no code that the files bring.

    Args:
        path: the checkpoint's folder.
        expected: the networks as they are built. Names and shapes are compared before any weight is read, and no
            other network is read; None: all of them, as they come.

    Raises:
        UsageError: it is damaged, or belongs to other networks; the message names the file.
    """
    files = verify(path)
    found = [Path(file).stem for file in files if file.endswith(".safetensors")]
    for network, tensors in (expected or {}).items():
        if network not in found:
            raise UsageError(f"{path} holds no {network}")
        _check_shapes(path / f"{network}.safetensors", tensors)
    wanted = [name for name in found if name != "training" and (expected is None or name in expected)]
    networks = {name: _load(path / f"{name}.safetensors") for name in wanted}
    tensors = {name: value.clone() for name, value in _load(path / "training.safetensors").items()}  # no mapped file
    try:
        state = put_tensors_back(read_json(path / "training.json"), tensors)
        return Checkpoint(networks, dict(state), int(read_json(path / NAME).get("images", 0)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path / 'training.json'} is not what ganzoo writes: {error!r}") from error


def configuration_of(path: Path) -> Mapping[str, Any] | None:
    """The configuration a checkpoint was written under, as plain nested values; None where it holds none.

    Raises:
        UsageError: training.json is not what ganzoo writes.
    """
    try:
        config = read_json(path / "training.json").get("config")
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"{path / 'training.json'} is not what ganzoo writes: {error!r}") from error
    if not isinstance(config, Mapping | None):
        raise UsageError(f"{path / 'training.json'} is not what ganzoo writes: `config` is no table")
    return config


def find_checkpoint(folder: Path, which: str = LATEST, *, say: Callable[[str], None]) -> Path:
    """The checkpoint `latest` or `best` names, or a step's name; the newest whole one where `latest` is damaged.

    The newest of those before it: one of a later step belongs to a way that the run gave up when it went back, and is
    taken only where no other is whole.

    Args:
        folder: the run's checkpoints.
        which: `latest`, `best`, or a step: `step-00000126`, or its number alone.
        say: told in one line what was wrong with a checkpoint that is passed over.

    Raises:
        UsageError: there is none that is whole.
    """
    candidates = sorted(folder.glob("step-*"), reverse=True)
    which = f"step-{int(which):08d}" if which.isdecimal() else which
    named = pointed_at(folder, which) if which in (LATEST, BEST) else which
    if which == BEST and named is None:
        raise UsageError(
            f"{folder} has no best checkpoint: no score that can be ranked was measured while training",
            hint="take the newest with --checkpoint latest",
        )
    first = [path for path in candidates if path.name == named]
    if which != LATEST and not first:
        known = [path.name for path in candidates]
        raise UsageError(
            f"{folder} has no checkpoint `{which}`.{nearest(which, [LATEST, BEST, *known])}",
            hint=f"it has: {', '.join(known) or 'none'}",
        )
    if which != LATEST:  # asked for by name: another one would be another generator
        verify(first[0])
        return first[0]
    # Sorting keeps the order among equals: those up to `latest`, then those after it, each the newest first.
    for path in sorted(candidates, key=lambda path: named is not None and path.name > named):
        try:
            verify(path)
        except UsageError as error:
            say(f"passed over a checkpoint: {error.message}")
            continue
        return path
    raise UsageError(f"no whole checkpoint in {folder}", hint="the run stopped before its first one was written")


def pointed_at(folder: Path, pointer: str) -> str | None:
    """The checkpoint's name that `latest` or `best` holds, if it is there."""
    try:
        return (folder / pointer).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None


def _files(checkpoint: Checkpoint) -> dict[str, bytes]:
    tensors: dict[str, Tensor] = {}
    state = take_tensors_out(checkpoint.training, tensors)
    contents = {f"{network}.safetensors": _save(parts) for network, parts in checkpoint.networks.items()}
    contents["training.safetensors"] = _save(tensors)
    contents["training.json"] = json.dumps({"format": FORMAT, **state}).encode()
    return {**contents, NAME: manifest_of(contents, checkpoint.images)}


def _save(tensors: Tensors) -> bytes:
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})


def _load(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise UsageError(f"{path} holds no weights: {error}") from error


def _check_shapes(path: Path, expected: Tensors) -> None:
    try:
        with safe_open(path, framework="pt") as file:
            found = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - no dict
    except (OSError, SafetensorError) as error:
        raise UsageError(f"{path} holds no weights: {error}") from error
    here = {name: tuple(tensor.shape) for name, tensor in expected.items()}
    for name in sorted(found.keys() | here.keys()):
        if found.get(name) != here.get(name):
            raise UsageError(
                f"{path} belongs to another network: {name} is {found.get(name, 'absent')} there "
                f"and {here.get(name, 'absent')} in the run's configuration",
                hint="was the configuration, or a plugin, changed since?",
            )


def _take_place(temporary: Path, final: Path) -> None:
    old = final.with_name(f".old-{final.name}")  # put back by `ganzoo.runs.leftovers` after a kill in between
    if final.exists():
        shutil.rmtree(old, ignore_errors=True)
        final.rename(old)
    temporary.rename(final)
    sync_directory(final.parent)
    shutil.rmtree(old, ignore_errors=True)
