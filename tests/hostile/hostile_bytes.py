"""What every kind of file is damaged with: cuts, flipped bits, and a pickle that would run code."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One damaged or hostile file, or a folder that holds it.

    Attributes:
        kind: "image", "zip", "config", "run": decides who reads it.
        name: what is wrong with it.
        path: where it is.
        verbs: those that read what is wrong with it; the others have no business there.
    """

    kind: str
    name: str
    path: Path
    verbs: tuple[str, ...] = ()


class Payload:
    """Unpickling it writes a file; so would anything worse."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> object:
        return exec, (f"open({str(self.canary)!r}, 'w').close()",)


def payloads(canary: Path) -> dict[str, bytes]:
    """The same pickle as Python writes it, and as old and new `torch.save` do."""
    import io

    import torch

    zipped, legacy = io.BytesIO(), io.BytesIO()
    torch.save({"weights": Payload(canary)}, zipped)
    torch.save({"weights": Payload(canary)}, legacy, _use_new_zipfile_serialization=False)
    return {
        "pickle": pickle.dumps(Payload(canary)),
        "torch zip": zipped.getvalue(),
        "torch legacy": legacy.getvalue(),
    }


def damaged(data: bytes, seed: int, *, cuts: int, flips: int) -> Iterator[tuple[str, bytes]]:
    """Mutations of a good file, the same for the same seed."""
    chance = random.Random(seed)
    for number in range(cuts):
        yield f"cut {number}", data[: chance.randrange(len(data))]
    for number in range(flips):
        broken = bytearray(data)
        for _ in range(chance.choice([1, 1, 3, 20])):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        yield f"flipped {number}", bytes(broken)
