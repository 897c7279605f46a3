"""Bytes of one image file, as few as possible of what is none."""

from __future__ import annotations

import io
from typing import IO

from ganzoo.data.contents import Unreadable

SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF", b"BM")
"""How files of the formats begin that are read; the last two begin other files as well."""

PIECE = 2**20
"""Bytes read at a time. What is compressed grows while it is read: a piece bounds what is held."""


def read_whole(file: IO[bytes], most: int) -> bytes:
    """All there is, `most` bytes at the most.

    Raises:
        Unreadable: there is more.
    """
    return _read(file, most, file.read(min(PIECE, most + 1)))


def read_image(file: IO[bytes], most: int) -> bytes:
    """Likewise; a file that does not begin like an image is not read further.

    Raises:
        Unreadable: "empty file", "not an image", or there is more.
    """
    head = file.read(min(PIECE, most + 1))
    if not head:
        raise Unreadable("empty file")
    if not head.startswith(SIGNATURES):
        raise Unreadable("not an image")
    return _read(file, most, head)


def _read(file: IO[bytes], most: int, head: bytes) -> bytes:
    whole = io.BytesIO()  # grows in place and gives its bytes away without a copy
    piece = head
    while piece:
        whole.write(piece)
        if whole.tell() > most:
            raise Unreadable(f"too large: over {most:,} bytes")
        piece = file.read(PIECE)
    return whole.getvalue()
