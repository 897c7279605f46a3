"""A process that trains when it is told to: settings of memory belong to a process, and to compare them takes two.

Started by `Worker`, it reads lines of JSON, `{"way": "textbook", "steps": 8}` or `{"way": {levers}, "steps": 8}`, and
answers each with the seconds that took. Between lines it waits.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

SETTLE_S = 0.3
"""A data loader's processes fetch a few batches ahead when the last step is done; nobody else is measured meanwhile."""


class Worker:
    """The process, from outside.

    Args:
        folder: of images.
        size: their pixels.
        width: of both networks.
        keep: keep freed memory, as ganzoo's runs do.
    """

    def __init__(self, folder: Path, size: int, width: int, *, keep: bool) -> None:
        settings = {"folder": str(folder), "size": size, "width": width, "keep": keep}
        command = [sys.executable, __file__, json.dumps(settings)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def steps(self, way: object, count: int) -> Callable[[], float]:
        """A function that trains `count` steps there: seconds a step."""

        def train() -> float:
            assert self._process.stdin is not None  # pipes, as asked for
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps({"way": way, "steps": count}) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            if not answer:
                raise RuntimeError("the worker ended; what it said stands above")
            time.sleep(SETTLE_S)
            return float(answer) / count

        return train

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def work() -> None:
    """The process, from inside."""
    from bare import BareLoop, Levers, one_after_the_other
    from making import BATCH, config_of, networks_of
    from measuring import seconds
    from textbook import TextbookLoop, images_of

    from ganzoo.data.named import load_named
    from ganzoo.registry.catalogue import catalogue
    from ganzoo.training.memory import keep_freed_memory

    settings = json.loads(sys.argv[1])
    folder, size, width = Path(settings["folder"]), settings["size"], settings["width"]
    if settings["keep"]:
        keep_freed_memory()
    loops: dict[str, Callable[[], object]] = {}

    def loop_of(way: object) -> Callable[[], object]:
        if way == "textbook":
            loop, batches = TextbookLoop(*networks_of(size, width)), images_of(folder, BATCH)
            return lambda: loop(next(batches))
        assert isinstance(way, dict)  # of levers
        return BareLoop(Levers(**way), load_named(config_of(size, width, data=folder).data, catalogue()), folder, width)

    for line in sys.stdin:
        asked = json.loads(line)
        name = json.dumps(asked["way"])
        if name not in loops:
            loops[name] = loop_of(asked["way"])
        sys.stdout.write(f"{seconds(one_after_the_other(loops[name], asked['steps']))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    work()
