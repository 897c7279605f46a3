"""`--processes N`: the same command several times, unless it is one of several already."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from ganzoo.config.compose import Request


def in_processes(processes: int | None, asked: Request | None = None, *, alone: bool = False) -> bool:
    """Whether the command was run by processes started here; ends the program where they failed.

    A process under `torchrun`, or started here, goes on by itself; all but the first say nothing on standard output.

    Args:
        processes: as on the command line.
        asked: checked before anything is started.
        alone: what is asked for takes one process.

    Raises:
        UsageError: what is asked for cannot work, so that one process says so and not all of them.
    """
    from ganzoo.training.launching import is_launched, launch, place

    if is_launched():
        if place() > 0:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the rest of the process
        return False
    if processes is None or processes == 1:
        return False
    if alone:
        raise UsageError("a fork begins in one process", hint="go on with it in several: ganzoo resume --processes")
    if asked is not None:
        from ganzoo.config.compose import compose
        from ganzoo.registry.catalogue import catalogue

        compose(asked, catalogue())
    if code := launch(sys.argv[1:], processes):
        sys.exit(code)
    return True
