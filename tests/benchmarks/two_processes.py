"""Two processes with one thread each against one process with two, on the same batches.

    python tests/benchmarks/two_processes.py

Steps of dcgan at 64 px with a batch of 64; images a second of each, by turns, and the ratio. On a machine of two idle
cores. Measures, decides nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

WAYS = {"one process, two threads": (1, 2), "two processes, a thread each": (2, 1)}
"""Processes, and threads of each."""


def child(steps: int, width: int) -> None:
    """Train a few steps as one of the processes; rank 0 prints seconds a step."""
    from ganzoo.config.compose import Request, compose
    from ganzoo.contracts import Moment
    from ganzoo.registry.catalogue import catalogue
    from ganzoo.training.distributed import joined
    from ganzoo.training.memory import keep_freed_memory
    from ganzoo.training.session import build_session

    settings = [f"generator.width={width}", f"discriminator.width={width}", "data.image_size=64"]
    keep_freed_memory()  # as every run does
    with joined() as ranks:
        session = build_session(compose(Request(recipe="dcgan", settings=settings), catalogue()), catalogue(), ranks)
        moment = Moment(0, 0, session.effective.training.batch_size, session.images)
        found = []
        for _ in range(steps + 3):
            started = time.perf_counter()
            moment = replace(moment, step=moment.step + 1, images=moment.images + session.step(moment).images)
            found.append(time.perf_counter() - started)
        if ranks.leads:  # the first steps allocate
            sys.stdout.write(json.dumps({"seconds": statistics.median(found[3:]), "batch": moment.batch_size}))


def images_a_second(processes: int, threads: int, steps: int, width: int) -> float:
    """Of one round."""
    command = [sys.executable, __file__, "--child", "--steps", str(steps), "--width", str(width)]
    with tempfile.TemporaryDirectory() as folder:
        started = []
        for rank in range(processes):
            environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "WORLD_SIZE": str(processes)}
            environment |= {"RANK": str(rank), "LOCAL_RANK": str(rank)}
            environment |= {"GANZOO_MEETING": str(Path(folder) / "meeting")}
            started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
        said = [process.communicate()[0] for process in started]
    found = json.loads(said[0])
    return float(found["batch"] / found["seconds"])


def main() -> None:
    """Print a row a way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.steps, arguments.width)
        return
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(arguments.rounds):
        for way, (processes, threads) in WAYS.items():
            found[way].append(images_a_second(processes, threads, arguments.steps, arguments.width))
    for way, speeds in found.items():
        low, high = min(speeds), max(speeds)
        sys.stdout.write(f"{way:30} {statistics.median(speeds):8.1f} images/s ({low:.1f}-{high:.1f})\n")
    one, two = (statistics.median(speeds) for speeds in found.values())
    sys.stdout.write(f"{'ratio':30} {two / one:8.2f}\n")


if __name__ == "__main__":
    main()
