"""Runs that end without the GIF, the curves and the page, which take three seconds where a run of a test takes one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def quick_endings() -> Iterator[None]:
    """Until its end, of runs in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ganzoo.training.loop.draw_pictures", lambda *_: None)
        patch.setattr("ganzoo.training.loop.write_page", lambda *_, **__: None)
        yield
