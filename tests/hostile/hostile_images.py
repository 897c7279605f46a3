"""Image files nobody should trust, all in one folder, for `hostile_images(folder, canary)`."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hostile_bytes import Case, damaged, payloads
from PIL import Image, PngImagePlugin

FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif", "BMP": "bmp", "TIFF": "tif"}


def hostile_images(folder: Path, canary: Path) -> list[Case]:
    """Write them; two good ones are among them."""
    folder.mkdir()
    written = {}
    for number, (name, data) in enumerate([*_good(), *_damaged(), *_crafted(), *_pickles(canary)]):
        path = folder / f"{number:03d} {name}"
        path.write_bytes(data)
        written[name] = path
    for name in (
        "new\nline.png",
        "\x1b]0;owned\x07.png",
        "[red]<script>.png",
        "\u202egnp.png",
        "\udcff.png",
        "n" * 200 + ".png",
    ):
        (folder / name).write_bytes(_png(8, 8))
        written[name] = folder / name
    written |= dict(_no_files(folder, canary))
    return [Case("image", name, path) for name, path in written.items()]


def _good() -> Iterator[tuple[str, bytes]]:
    for seed in range(2):
        yield f"good {seed}.png", _saved(_noise(seed), "PNG")


def _damaged() -> Iterator[tuple[str, bytes]]:
    for seed, (kind, ending) in enumerate(FORMATS.items()):
        for what, data in damaged(_saved(_noise(9, 40), kind), seed, cuts=6, flips=10):
            yield f"{what}.{ending}", data


def _crafted() -> Iterator[tuple[str, bytes]]:
    yield "zero bytes.png", b""
    yield "text.png", b"no picture"
    yield "page.png", b"<html><script>alert(1)</script></html>"
    yield "vector.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    yield "postscript.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run"
    yield "another ending.jpg", _png(8, 8)
    yield "one pixel.png", _png(1, 1)
    yield "wide.png", _png(20_000, 1)
    yield "wide.jpg", _saved(Image.new("RGB", (20_000, 300)), "JPEG")
    yield "tall.png", _png(1, 20_000)
    yield "16 bit.png", _saved(Image.fromarray(np.full((9, 9), 65535, np.uint16)), "PNG")
    yield "float.tif", _saved(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF")
    yield "cmyk.jpg", _saved(Image.new("CMYK", (9, 9)), "JPEG")
    yield "palette.png", _saved(_noise(1).convert("P"), "PNG", transparency=bytes(range(256)))
    yield "moving.gif", _saved(_noise(1), "GIF", save_all=True, append_images=[_noise(2)] * 20)
    yield "moving.png", _saved(_noise(1), "PNG", save_all=True, append_images=[_noise(2)] * 3)
    for orientation in (0, 6, 9, 65535):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"turned {orientation}.jpg", _saved(_noise(1, 20), "JPEG", exif=exif)
    yield "garbage in exif.jpg", _saved(_noise(1), "JPEG", exif=b"Exif\0\0MM\0*" + b"\xff" * 60)
    for width, height in ((0, 8), (8, 0), (2**31 - 1, 2**31 - 1), (60_000, 60_000), (2**32 - 1, 1)):
        yield f"claims {width} x {height}.png", _with_header(_png(8, 8), width, height)
    yield "bomb within the limit.png", _png(9_900, 9_900)
    yield "bomb over the limit.png", _png(12_000, 12_000)
    yield "bomb 16 bit.png", _saved(Image.new("I;16", (6_000, 6_000)), "PNG")
    yield "claims 65500 x 65500.jpg", _jpeg_claiming(65_500)
    yield "claims 9000 x 9000.jpg", _jpeg_claiming(9_000)
    text = PngImagePlugin.PngInfo()
    text.add_text("bomb", "\0" * 20_000_000, zip=True)
    yield "text bomb.png", _saved(_noise(1), "PNG", pnginfo=text)
    yield "profile bomb.png", _saved(_noise(1), "PNG", icc_profile=b"\0" * 20_000_000)
    yield "giant screen.gif", b"GIF89a" + struct.pack("<HH", 65535, 65535) + _saved(_noise(1), "GIF")[10:]
    yield "giant canvas.webp", _saved(_noise(1), "WEBP", lossless=True).replace(b"VP8L", b"VP8X", 1)
    tiff = b"II*\0" + struct.pack("<I", 8)
    yield "loop.tif", tiff + struct.pack("<H", 1) + struct.pack("<HHII", 256, 4, 1, 9) + struct.pack("<I", 8)
    yield "many tags.tif", tiff + struct.pack("<H", 65535) + struct.pack("<HHII", 273, 4, 2**32 - 1, 8) * 200
    yield "nowhere.tif", b"II*\0" + struct.pack("<I", 2**32 - 2)
    bitmap = _saved(_noise(1), "BMP")
    yield "negative.bmp", bitmap[:18] + struct.pack("<ii", -8, -(2**31)) + bitmap[26:]
    yield (
        "palette of none.bmp",
        bitmap[:28] + struct.pack("<H", 8) + bitmap[30:46] + struct.pack("<I", 2**31) + bitmap[50:],
    )


def _pickles(canary: Path) -> Iterator[tuple[str, bytes]]:
    for what, data in payloads(canary).items():
        yield f"{what}.png", data
        yield f"{what} in front.png", data + _png(8, 8)
        yield f"{what} behind.png", _png(8, 8) + data


def _no_files(folder: Path, canary: Path) -> Iterator[tuple[str, Path]]:
    secret = canary.with_name("secret.png")
    secret.write_bytes(_png(8, 8))
    links = {
        "out.png": secret,
        "out": secret.parent,
        "loop": folder,
        "itself.png": folder / "itself.png",
        "dev.png": Path("/dev/zero"),
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
        yield name, folder / name
    os.mkfifo(folder / "pipe.png")
    yield "pipe.png", folder / "pipe.png"
    (folder / "folder.png").mkdir()
    yield "folder.png", folder / "folder.png"
    with (folder / "sparse.png").open("wb") as file:
        file.truncate(10**10)
    yield "sparse.png", folder / "sparse.png"
    with (folder / "sparse within the limit.png").open("wb") as file:
        file.write(b"\x89PNG")
        file.truncate(3 * 10**8)
    yield "sparse within the limit.png", folder / "sparse within the limit.png"


def _noise(seed: int, side: int = 8) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8))


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def _png(width: int, height: int) -> bytes:
    return _saved(Image.new("1", (width, height)), "PNG")


def _with_header(png: bytes, width: int, height: int) -> bytes:
    broken = bytearray(png)
    broken[16:24] = struct.pack(">II", width, height)
    broken[29:33] = struct.pack(">I", zlib.crc32(broken[12:29]))
    return bytes(broken)


def _jpeg_claiming(side: int) -> bytes:
    data = bytearray(_saved(_noise(1, 16), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    return bytes(data)
