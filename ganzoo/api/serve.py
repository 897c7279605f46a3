"""Play with a trained generator on a page."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from ganzoo.playing.web.address import PORT
from ganzoo.registry.catalogue import catalogue


def play(
    path: str | Path, *, host: str = "127.0.0.1", port: int = PORT, checkpoint: str = "latest"
) -> AbstractContextManager[str]:
    """Serve a page that draws: seed, truncation, class, a walk between two seeds.

    It is served by a thread of its own while the block runs, and asks no other machine for anything::

        with ganzoo.play("runs/demo") as address:
            input(f"{address}: Enter ends it")

    Args:
        path: a run directory or an exported folder.
        host: where to listen; anything but this machine's own address lets others in, without a password.
        port: 8484 unless given; 0: any that is free.
        checkpoint: `latest`, `best`, or a step's name.

    Returns:
        A context manager that gives the address to open.

    Raises:
        UsageError: on entering: no such run or checkpoint, a generator of points, or a port that is taken.
    """
    from ganzoo.playing.web.serve import playing

    return playing(Path(path), checkpoint, host, port, catalogue())
