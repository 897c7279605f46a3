"""A run for a program to read: one JSON object a line."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ganzoo.contracts.observer import Observer

if TYPE_CHECKING:
    from ganzoo.contracts.observer import Event, RunStart, Tick


class JsonView(Observer):
    """Writes `{"type": "start" | "tick" | "event" | "images" | "end", ...}`, with the fields of the contract.

    ASCII, each line flushed; NaN and the infinities are null.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def start(self, start: RunStart) -> None:
        """`path`, `title`, `config`, `notes`, `step`, `images`, `total_images`, `parameters`."""
        self._write("start", _fields(start))

    def tick(self, tick: Tick) -> None:
        """`step`, `images`, `values`, `images_per_s`, `verdict`."""
        self._write("tick", _fields(tick))

    def event(self, event: Event) -> None:
        """`kind`, `step`, `message`, `data`."""
        self._write("event", _fields(event))

    def images(self, step: int, path: Path) -> None:
        """`step`, `path`."""
        self._write("images", {"step": step, "path": path})

    def end(self, status: str) -> None:
        """`status`."""
        self._write("end", {"status": status})

    def _write(self, kind: str, fields: Mapping[str, object]) -> None:
        line = json.dumps({"type": kind, **{name: _plain(value) for name, value in fields.items()}}, allow_nan=False)
        self._stream.write(line + "\n")
        self._stream.flush()


def _fields(record: RunStart | Tick | Event) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _plain(value: object) -> object:
    """JSON's own types; a number that JSON has not is null, whatever else is unknown to it is its text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return str(value)
