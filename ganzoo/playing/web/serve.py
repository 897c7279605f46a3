"""A trained generator on a page, until somebody ends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganzoo.playing.trained import open_trained
from ganzoo.playing.web.page import page
from ganzoo.playing.web.server import serving
from ganzoo.playing.web.wishes import picture, read_wish
from ganzoo.registry.catalogue import Catalogue
from ganzoo.report.images import png


@contextmanager
def playing(path: Path, checkpoint: str, host: str, port: int, catalogue: Catalogue) -> Iterator[str]:
    """Serve the page of a run's generator while the block runs.

    Args:
        path: a run directory or an exported folder.
        checkpoint: of a run.
        host: where to listen; anything but this machine's own address lets others in.
        port: 0: any that is free.
        catalogue: where its parts are looked up.

    Yields:
        The address to open.

    Raises:
        UsageError: no such run or checkpoint, a generator of points, or a place where nothing can listen.
    """
    trained = open_trained(path, checkpoint, catalogue)
    trained.must_make_images("play")

    def draw(words: dict[str, str]) -> bytes:
        return png(picture(trained, read_wish(words, len(trained.classes))))

    with serving(page(trained, path, checkpoint), draw, host, port) as address:
        yield address
