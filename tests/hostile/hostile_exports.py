"""Exported generators nobody should trust, for `hostile_exports(folder, run, canary)`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from hostile_bytes import Case, damaged, payloads

FACTS, WEIGHTS = "generator.json", "generator.safetensors"


def hostile_exports(folder: Path, run: Path, canary: Path) -> list[Case]:
    """Write them."""
    import ganzoo

    good = folder / "good"
    ganzoo.export(run, out=good)
    cases = []
    for number, (name, file, data) in enumerate(_changes(good, canary)):
        path = folder / f"{number:03d}"
        shutil.copytree(good, path)
        (path / file).write_bytes(data)
        cases.append(Case("export", name, path, ("sample",)))
    return cases


def _changes(good: Path, canary: Path) -> Iterator[tuple[str, str, bytes]]:
    facts = json.loads((good / FACTS).read_bytes())
    for seed, file in enumerate((FACTS, WEIGHTS)):
        for what, data in [*damaged((good / file).read_bytes(), seed, cuts=2, flips=4), *payloads(canary).items()]:
            yield f"{file} {what}", file, data
    for what, change in (
        ("a giant image", {"image_size": 10**12}),
        ("an image of nothing", {"image_size": 0}),
        ("a negative image", {"image_size": -16}),
        ("a giant network", {"generator": {**facts["generator"], "width": 10**9}}),
        ("another network", {"generator": {"kind": "os.system"}}),
        ("no network", {"generator": {}}),
        ("a deep network", {"generator": {"kind": "dcgan", "width": _nested(900)}}),
        ("classes by the million", {"classes": ["\x1b[2J"] * 3}),
        ("giant latents", {"latent_dim": 10**12}),
        ("a later format", {"format": 10**30}),
    ):
        yield f"{FACTS}: {what}", FACTS, json.dumps({**facts, **change}).encode()
    yield f"{FACTS}: nested deep", FACTS, b"[" * 100_000


def _nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value
