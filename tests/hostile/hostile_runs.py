"""Run directories nobody should trust: a good run, with one file changed; for `hostile_runs(folder, run, canary)`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hostile_bytes import Case, damaged, payloads

Change = Callable[[Path], object]
NASTY = "\x1b]0;owned\x07\x9b2J\u202e[red]<script>alert(1)</script>"


def hostile_runs(folder: Path, run: Path, canary: Path) -> list[Case]:
    """Write them.

    Args:
        run: a finished run with a checkpoint.
    """
    folder.mkdir()
    cases = []
    groups = (
        (_damaged_files(run), ("sample",)),
        (_weights(run), ("sample",)),
        (_states(run), ("resume",)),
        (_manifests(run), ("sample",)),
        (_logs(), ("doctor", "compare")),
        (_events(), ("compare",)),
        (_facts(), ("sample", "compare")),
        (_shown(), ("report",)),
        (_placed(run, canary), ("sample",)),
        (_no_files(canary), ("doctor", "sample", "report", "compare", "resume")),
    )
    for changes, verbs in groups:
        for name, change in changes:
            path = folder / f"{len(cases):03d}"
            shutil.copytree(run, path)
            change(path)
            cases.append(Case("run", name, path, verbs))
    return cases


def checkpoint_of(run: Path) -> Path:
    """The newest."""
    return max((run / "checkpoints").glob("step-*"))


def _damaged_files(run: Path) -> Iterator[tuple[str, Change]]:
    """As bad disks and cut downloads leave them."""
    files = [path.relative_to(run) for path in sorted(checkpoint_of(run).iterdir())]
    files += [Path("environment.json"), Path("events.jsonl"), Path("metrics.jsonl"), Path("checkpoints/latest")]
    for seed, file in enumerate(files):
        for what, data in damaged((run / file).read_bytes(), seed, cuts=1, flips=3):
            yield f"{file.name} {what}", _writes(file, data)


def _weights(run: Path) -> Iterator[tuple[str, Change]]:
    """Changed by someone who writes a manifest that fits."""
    weights = (checkpoint_of(run) / "average.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", weights[:8])
    header, body = json.loads(weights[8 : 8 + length]), weights[8 + length :]
    name = next(key for key in header if key != "__metadata__")
    for what, tensor in (
        ("a giant shape", {"dtype": "F32", "shape": [2**40, 2**20], "data_offsets": [0, 2**62]}),
        ("a shape that overflows", {"dtype": "F32", "shape": [2**32, 2**32], "data_offsets": [0, 0]}),
        ("a negative shape", {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}),
        ("offsets elsewhere", {"dtype": "F32", "shape": [1], "data_offsets": [2**50, 2**50 + 4]}),
        ("another shape", {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}),
        ("a type there is none of", {"dtype": "OBJECT", "shape": [1], "data_offsets": [0, 4]}),
    ):
        yield what, _signs("average.safetensors", _tensors({**header, name: tensor}, body))
    yield (
        "another name",
        _signs("average.safetensors", _tensors({NASTY: {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}, b"x")),
    )
    yield "no tensors", _signs("average.safetensors", _tensors({}, b""))
    yield "a header of 2^63 bytes", _signs("average.safetensors", struct.pack("<Q", 2**63) + weights[8:])
    yield "a header of 90 MB", _signs("average.safetensors", struct.pack("<Q", 90_000_000) + b" " * 100)
    yield "a header nested deep", _signs("average.safetensors", _raw(b"[" * 5000))


def _states(run: Path) -> Iterator[tuple[str, Change]]:
    """Likewise, beside the weights."""
    yield (
        "optimisers of a giant",
        _signs(
            "training.safetensors", _tensors({"x": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}, b"")
        ),
    )
    good = json.loads((checkpoint_of(run) / "training.json").read_bytes())
    for what, value in (
        ("nested deep", b"[" * 100_000),
        ("nested less deep", b'{"a":' * 900 + b"1" + b"}" * 900),
        ("a giant number", b'{"format": 1, "moment": {"step": ' + b"9" * 4000 + b', "images": 16}}'),
        ("a number too long", b"9" * 5000),
        ("NaN", json.dumps({**good, "moment": {"step": float("nan"), "images": float("inf")}}).encode()),
        ("a list", b"[]"),
        ("nothing", b""),
        ("a key twice", b'{"format": 1, "format": 2, "moment": 1, "moment": []}'),
        ("a reference to nothing", json.dumps({**good, "optimizers": {"__tensor__": NASTY}}).encode()),
        ("a reference to no name", json.dumps({**good, "optimizers": {"__tensor__": []}}).encode()),
    ):
        yield f"training.json: {what}", _signs("training.json", value)
    for key in good:
        for what, wrong in (("a word", NASTY), ("a list", [1]), ("gone", None), ("negative", -(10**30))):
            state = {name: value for name, value in good.items() if name != key} | (
                {} if wrong is None else {key: wrong}
            )
            yield f"training.json: {key} {what}", _signs("training.json", json.dumps(state).encode())


def _manifests(run: Path) -> Iterator[tuple[str, Change]]:
    good = json.loads((checkpoint_of(run) / "manifest.json").read_bytes())
    facts = {"bytes": 1, "sha256": "0" * 64}
    for name in (
        "../../config.toml",
        "/etc/passwd",
        "..",
        "",
        ".",
        "/dev/zero",
        NASTY,
        "a\0b",
        "x" * 5000,
        "..\\..\\up",
    ):
        yield (
            f"manifest names {name[:20]!r}",
            _in_checkpoint("manifest.json", json.dumps({**good, "files": {**good["files"], name: facts}})),
        )
    for what, value in (
        ("nested deep", "[" * 100_000),
        ("a list", "[]"),
        ("no files", '{"format": 1, "images": 0, "files": {}}'),
        ("files that are a list", '{"format": 1, "files": [1]}'),
        ("files that are words", '{"format": 1, "files": {"training.json": "x"}}'),
        ("another format", json.dumps({**good, "format": NASTY})),
        ("giant sizes", json.dumps({**good, "files": {"training.json": {"bytes": 10**4000, "sha256": "0"}}})),
        ("infinite sizes", '{"format": 1, "files": {"training.json": {"bytes": Infinity, "sha256": "0"}}}'),
        ("no numbers", '{"format": 1, "files": {"training.json": {"bytes": "x", "sha256": null}}}'),
        ("images that are none", json.dumps({**good, "images": [NASTY]})),
    ):
        yield f"manifest: {what}", _in_checkpoint("manifest.json", value)


TICK = {"step": 1, "images": 4, "values": {"accuracy": 1.0}, "verdict": "healthy", "images_per_s": 1.0}
EVENT = {"kind": "evaluation", "step": 1, "message": "x", "data": {"scores": {"fd": 1.0}}}
ODD: list[Any] = [
    None,
    [],
    {},
    True,
    -1,
    10**400,
    -(10**4000),
    1e308,
    float("nan"),
    float("inf"),
    NASTY,
    [NASTY],
    {NASTY: NASTY},
]


def _logs() -> Iterator[tuple[str, Change]]:
    for number, value in enumerate(ODD):
        yield f"ticks with {number}", _writes("metrics.jsonl", _lines({**TICK, key: value} for key in TICK))
        values = {"accuracy": value, "similarity": value, NASTY: value}
        yield f"values that are {number}", _writes("metrics.jsonl", _lines([{**TICK, "values": values}] * 6))
    for log in ("metrics.jsonl", "events.jsonl"):
        yield f"{log} nested deep", _writes(log, b"[" * 200_000 + b"\n" + b'{"a":' * 100_000)
        yield f"{log} nested less deep", _writes(log, b'{"values": ' * 300 + b"1" + b"}" * 300)
        yield f"{log} of no text", _writes(log, b"\xff\0\xfe\n" * 99)
        yield f"{log} of one line", _writes(log, b"x" * 20_000_000)


def _events() -> Iterator[tuple[str, Change]]:
    for number, value in enumerate(ODD):
        yield f"events with {number}", _writes("events.jsonl", _lines({**EVENT, key: value} for key in EVENT))
        scores = [{**EVENT, "data": {"scores": {"fd": value, NASTY: value}, NASTY: value}}] * 2
        yield f"scores that are {number}", _writes("events.jsonl", _lines(scores))


def _shown() -> Iterator[tuple[str, Change]]:
    """All of the above at once: a page takes longer."""
    ticks = [{**TICK, key: value} for key in TICK for value in ODD]
    ticks += [{**TICK, "step": n, "values": {"accuracy": value, NASTY: value}} for n, value in enumerate(ODD)]
    yield "all ticks", _writes("metrics.jsonl", _lines(ticks))
    events = [{**EVENT, key: value} for key in EVENT for value in ODD]
    events += [{**EVENT, "step": n, "data": {"scores": {"fd": value, NASTY: value}}} for n, value in enumerate(ODD)]
    yield "all events", _writes("events.jsonl", _lines(events))
    for kind in (
        "verdict",
        "decision",
        "memorising",
        "samples",
        "checkpoint",
        "fault",
        "note",
        "resumed",
        "end",
        NASTY,
    ):
        records = [
            {"kind": kind, "step": 1, "message": NASTY, "data": data}
            for data in ({}, {NASTY: NASTY}, [], None, {"share": "x"})
        ]
        yield f"events of kind {kind[:10]!r}", _writes("events.jsonl", _lines(records))
    yield (
        "samples of odd names",
        lambda run: [
            (run / "samples" / f"step-{name}.png").write_bytes(b"x")
            for name in ("abc", "-1", "²", "9" * 30, NASTY.replace("/", ""))
        ],
    )
    yield "a sample that is no picture", lambda run: [path.write_bytes(b"x") for path in (run / "samples").iterdir()]


def _facts() -> Iterator[tuple[str, Change]]:
    for what, value in (
        ("empty", b""),
        ("nested deep", b"[" * 100_000),
        ("a list", b"[1]"),
        ("words", json.dumps({"shape": {"size": NASTY, "channels": "x", "num_classes": []}, "data": NASTY}).encode()),
        (
            "giants",
            json.dumps({"shape": {"size": 10**400, "channels": 10**9, "num_classes": 2**62}, "data": {}}).encode(),
        ),
        (
            "a large image",
            json.dumps({"shape": {"size": 2**20, "channels": 3, "num_classes": None}, "data": {}}).encode(),
        ),
        ("infinite", b'{"shape": {"size": Infinity, "channels": NaN, "num_classes": -1}}'),
    ):
        yield f"environment.json: {what}", _writes("environment.json", value)
    for what, line in (
        ("a giant network", "generator.width=4096"),
        ("an overflowing network", "generator.width=9" + "0" * 30),
        ("giant latents", "generator.latent_dim=1000000000000"),
        ("a path of nobody's", f"data.source.path={NASTY}"),
    ):
        yield f"config.toml: {what}", _sets(*line.split("="))


def _placed(run: Path, canary: Path) -> Iterator[tuple[str, Change]]:
    """A pickle in every file's place, in checkpoints with a manifest that fits."""
    for what, data in payloads(canary).items():
        for path in sorted(checkpoint_of(run).iterdir()):
            change = _in_checkpoint(path.name, data) if path.name == "manifest.json" else _signs(path.name, data)
            yield f"{what} as {path.name}", change
        for path in sorted(run.iterdir()):
            if path.is_file():
                yield f"{what} as {path.name}", _writes(path.name, data)
    zipped = payloads(canary)["torch zip"]
    for name in ("generator.pt", "training.pkl", "average.pth", "weights.bin"):
        yield f"{name} beside the others", _signs(name, zipped)
    yield "a module beside the run", _writes("sitecustomize.py", f"open({str(canary)!r}, 'w')".encode())


def _no_files(canary: Path) -> Iterator[tuple[str, Change]]:
    def link(name: str, target: Path) -> Change:
        def change(run: Path) -> None:
            path = run / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            path.symlink_to(target)

        return change

    yield (
        "steps of odd names",
        lambda run: [(run / "checkpoints" / f"step-{n}").mkdir() for n in ("abc", "9" * 30, NASTY.replace("/", ""))],
    )
    yield "latest elsewhere", _writes("checkpoints/latest", b"../../../../etc")
    yield "latest of no text", _writes("checkpoints/latest", b"\xff\xfe")
    for name in ("checkpoints", "samples"):
        yield f"{name} elsewhere", link(name, canary.parent)
    for name in (
        "metrics.jsonl",
        "events.jsonl",
        ".lock",
        "config.toml",
        "report.html",
        "curves.png",
        "checkpoints/latest",
    ):
        yield f"{name} elsewhere", link(name, canary.with_name("precious.txt"))
    yield "metrics to nowhere", link("metrics.jsonl", canary.with_name("new.txt"))
    yield "events without an end", link("events.jsonl", Path("/dev/zero"))
    yield "metrics without an end", link("metrics.jsonl", Path("/dev/zero"))
    yield "environment without an end", link("environment.json", Path("/dev/zero"))
    for name in ("metrics.jsonl", "events.jsonl", "environment.json", "checkpoints/latest"):
        yield f"{name} is a folder", lambda run, name=name: ((run / name).unlink(), (run / name).mkdir())
        yield f"{name} is a pipe", lambda run, name=name: ((run / name).unlink(), os.mkfifo(run / name))


def _writes(name: str | Path, data: bytes) -> Change:
    return lambda run: (run / name).write_bytes(data)


def _in_checkpoint(name: str, data: bytes | str) -> Change:
    return lambda run: (checkpoint_of(run) / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def _signs(name: str, data: bytes) -> Change:
    def change(run: Path) -> None:
        folder = checkpoint_of(run)
        (folder / name).write_bytes(data)
        manifest = json.loads((folder / "manifest.json").read_bytes())
        manifest["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return change


def _sets(path: str, value: str) -> Change:
    def change(run: Path) -> None:
        import tomllib

        import tomli_w

        table = tomllib.loads((run / "config.toml").read_text())
        *parents, last = path.split(".")
        inner = table
        for parent in parents:
            inner = inner[parent]
        inner[last] = int(value) if value.isdigit() else value
        (run / "config.toml").write_text(tomli_w.dumps(table))

    return change


def _tensors(header: dict[str, Any], body: bytes) -> bytes:
    return _raw(json.dumps(header).encode()) + body


def _raw(header: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header


def _lines(records: Any) -> bytes:
    return "\n".join(json.dumps(record) for record in records).encode()
