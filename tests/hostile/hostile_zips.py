"""Zips nobody should trust, for `hostile_zips(folder, canary)`."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from hostile_bytes import Case, damaged, payloads
from PIL import Image

NAMES = (
    "/etc/passwd.png",
    "../up.png",
    "a/../../up.png",
    "..\\up.png",
    "C:\\up.png",
    "\\\\host\\share.png",
    "nul\0.png",
    "\x1b[2J.png",
    "[red]<script>.png",
    "new\nline.png",
    "x" * 60_000 + ".png",
    "a//b.png",
    "./c.png",
    ".hidden.png",
    "\u202egnp.png",
)
Member = tuple[str | zipfile.ZipInfo, bytes]


def hostile_zips(folder: Path, canary: Path) -> list[Case]:
    """Write them."""
    folder.mkdir()
    cases = []
    for number, (name, data) in enumerate([*_damaged(), *_named(), *_claiming(), *_crafted(), *_pickled(canary)]):
        path = folder / f"{number:03d}.zip"
        path.write_bytes(data)
        cases.append(Case("zip", name, path))
    return cases


def _damaged() -> Iterator[tuple[str, bytes]]:
    good = _zipped([("cat/1.png", _png(1)), ("dog/2.png", _png(2)), ("labels.csv", b"file,label\n1.png,x\n")])
    yield from damaged(good, 1, cuts=8, flips=25)


def _named() -> Iterator[tuple[str, bytes]]:
    for name in NAMES:
        yield f"named {name[:20]!r}", _zipped([*_two(), (name, _png(3))])
    yield "a name twice", _zipped([*_two(), ("1.png", _png(3)), ("1.png", _png(4))])
    yield "a label table twice", _zipped([*_two(), ("labels.csv", b"file,label\n1.png,x\n"), ("labels.csv", b"\0")])


def _claiming() -> Iterator[tuple[str, bytes]]:
    """The directory says something else of the last member: flags, method, sizes, where it is."""
    good = _zipped([*_two(), ("3.png", _png(3))])
    entry = good.rindex(b"PK\x01\x02")
    for what, offset, value in (
        ("encrypted", 8, struct.pack("<H", 1)),
        ("no UTF-8 in its name", 8, struct.pack("<H", 1 << 11)),
        ("method 99", 10, struct.pack("<H", 99)),
        ("deflate64", 10, struct.pack("<H", 9)),
        ("bzip2", 10, struct.pack("<H", 12)),
        ("lzma", 10, struct.pack("<H", 14)),
        ("4 GB", 24, struct.pack("<I", 2**32 - 2)),
        ("4 GB packed", 20, struct.pack("<I", 2**32 - 2)),
        ("700 MB of it", 24, struct.pack("<I", 700_000_000)),
        ("zip64 without it", 24, struct.pack("<I", 2**32 - 1)),
        ("elsewhere", 42, struct.pack("<I", 2**31)),
        ("where the first is", 42, struct.pack("<I", 0)),
        ("a name that is longer than the file", 28, struct.pack("<H", 65535)),
    ):
        yield what, good[: entry + offset] + value + good[entry + offset + len(value) :]
    end = good.rindex(b"PK\x05\x06")
    for what, offset, value in (
        ("a directory of 4 GB", 12, struct.pack("<I", 2**32 - 2)),
        ("a directory elsewhere", 16, struct.pack("<I", 2**32 - 2)),
        ("65535 members", 8, struct.pack("<HH", 65535, 65535)),
        ("a comment that is not there", 20, struct.pack("<H", 65535)),
    ):
        yield what, good[: end + offset] + value + good[end + offset + len(value) :]


def _crafted() -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "no zip", b"PK\x03\x04 and no more"
    yield "no members", _zipped([])
    zeros = bytes(80_000_000)
    yield "a bomb", _zipped([*_two(), ("bomb.png", zeros)])
    bomb = _zipped([*_two(), ("bomb.png", _png(3) + zeros)])
    yield "a bomb that begins like an image", bomb
    entry = bomb.rindex(b"PK\x01\x02")
    yield "a bomb that claims little", bomb[: entry + 24] + struct.pack("<I", 500) + bomb[entry + 28 :]
    yield "a bomb of labels", _zipped([*_two(), ("labels.csv", b"file,label\n" + zeros[: 2**26 + 1])])
    yield "a bomb in bzip2", _zipped([*_two(), ("bomb.png", _png(3) + zeros[:20_000_000])], zipfile.ZIP_BZIP2)
    yield "a zip in a zip", _zipped([*_two(), ("inner.zip", _zipped(_two()))])
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    yield "a link", _zipped([*_two(), (link, b"/etc/passwd")])
    yield "many members", _zipped([(f"{n}.png", b"x") for n in range(2000)] + _two())
    yield "labels of missing files", _zipped([*_two(), ("labels.csv", b"file,label\n../x.png,\x1b[2J\n")])
    yield "labels that are no text", _zipped([*_two(), ("labels.csv", b"\xff\xfe\0" * 99)])
    yield "a label as long as a book", _zipped([*_two(), ("labels.csv", b"file,label\n1.png," + b"x" * 200_000)])


def _pickled(canary: Path) -> Iterator[tuple[str, bytes]]:
    for what, data in payloads(canary).items():
        yield f"{what} as a zip", data
        yield f"{what} in a zip", _zipped([*_two(), ("3.png", data), ("labels.csv", data), ("data.pkl", data)])


def _two() -> list[Member]:
    return [("1.png", _png(1)), ("2.png", _png(2))]


def _png(seed: int) -> bytes:
    data = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(data, "PNG")
    return data.getvalue()


def _zipped(members: Sequence[Member], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(data, "w", compression, compresslevel=1) as archive:
        warnings.simplefilter("ignore")  # a name twice is what is wanted
        for name, content in members:
            archive.writestr(name, content, compress_type=compression)
    return data.getvalue()
