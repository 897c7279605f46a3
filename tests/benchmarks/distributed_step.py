"""What the machinery for several processes costs one that is alone.

    OMP_NUM_THREADS=1 python tests/benchmarks/distributed_step.py

Steps of dcgan at 64 px, by turns without a process group, as every run of one process goes, and as the only member of
one: logits gathered, gradients flattened and reduced. Prints the medians and the overhead. Measures, decides nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch.distributed as dist

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Moment
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.distributed import Together
from ganzoo.training.session import build_session
from ganzoo.training.step import AdversarialStep


def seconds(step: AdversarialStep, moment: Moment) -> float:
    """Of one turn."""
    started = time.perf_counter()
    step(moment)
    return time.perf_counter() - started


def main() -> None:
    """Print the row."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--steps", type=int, default=40, help="of each kind, by turns")
    arguments = parser.parse_args()
    settings = [f"generator.width={arguments.width}", f"discriminator.width={arguments.width}", "data.image_size=64"]
    session = build_session(compose(Request(recipe="dcgan", settings=settings), catalogue()), catalogue())
    moment = Moment(0, 0, session.effective.training.batch_size, session.images)
    with tempfile.TemporaryDirectory() as folder:
        dist.init_process_group("gloo", init_method=f"file://{Path(folder) / 'meeting'}", rank=0, world_size=1)
        # A group of one takes the way of several: it gathers, flattens, reduces and averages.
        steps = (session.step, replace(session.step, ranks=Together()))
        for step in steps:  # the first steps allocate
            seconds(step, moment)
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(arguments.steps):
            for index in (0, 1) if turn % 2 else (1, 0):
                times[index].append(seconds(steps[index], moment))
        dist.destroy_process_group()
    alone, grouped = (statistics.median(found) for found in times)
    ratios = [b / a for a, b in zip(*times, strict=True)]
    sys.stdout.write(f"threads {os.environ.get('OMP_NUM_THREADS', 'all')}, width {arguments.width}, 64 px\n")
    sys.stdout.write(f"alone              {alone * 1000:8.2f} ms a step\n")
    sys.stdout.write(f"in a group of one  {grouped * 1000:8.2f} ms a step\n")
    sys.stdout.write(
        f"overhead           {grouped / alone - 1:8.2%} (of paired steps {statistics.median(ratios) - 1:.2%})\n"
    )


if __name__ == "__main__":
    main()
