"""What sharing batches between machines costs, on paper, and the paper checked against two processes here.

    OMP_NUM_THREADS=1 python tests/benchmarks/cluster.py            # the tables
    OMP_NUM_THREADS=1 python tests/benchmarks/cluster.py --measure  # the model against a measured reduction

A ring all-reduce of n bytes over P processes moves 2 (P - 1) / P x n bytes through each link, in 2 (P - 1) messages:

    seconds = 2 (P - 1) / P x n / bandwidth + 2 (P - 1) x latency

(Patarasuk & Yuan 2009, "Bandwidth optimal all-reduce algorithms for clusters of workstations"). A step reduces D's
gradients and G's, 4 bytes a parameter, after each backward: nothing overlaps with it, so its share of the time is
reduction / (reduction + arithmetic). Operations are counted by torch while one step of the recipe runs, terms included
as often as they are due; seconds of arithmetic are those over an assumed sustained speed. Prints Markdown. Decides
nothing.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Moment
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.distributed import joined
from ganzoo.training.launching import MEETING
from ganzoo.training.ranks import Ranks
from ganzoo.training.session import Session, build_session, parameters_of

PRESETS = {"dcgan": "paper", "r3gan": "small", "stylegan2": "small"}
"""Widths that a GPU is worth: 128, 64 and 64 channels at the widest resolution."""
IMAGES_EACH = {64: 32, 256: 8}
"""Images of a batch on each GPU, by size."""
LINKS = {"10 GB/s": 10e9, "400 Gb/s": 50e9}
GPUS = (8, 64, 512)
LATENCY_S = 5e-6
"""Of one message between GPUs; an assumption, of the order of what fabrics with remote memory access are sold with."""
TERAFLOPS = 50.0
"""Sustained by one GPU on such networks; an assumption, about a sixth of an A100's peak in bf16."""
COUNTED = 4
"""Images of the batch whose operations are counted; a group of minibatch statistics."""


@dataclass(frozen=True)
class Cost:
    """Of one step of a recipe.

    Attributes:
        parameters: of both networks, that learn.
        flops: for each image of the batch.
    """

    recipe: str
    size: int
    parameters: int
    flops: float

    @property
    def bytes(self) -> int:
        """Of gradients, reduced once a step."""
        return 4 * self.parameters


def ring_bytes(size: float, processes: int) -> float:
    """That one all-reduce of `size` bytes moves through each link."""
    return 2 * (processes - 1) / processes * size


def ring_seconds(size: float, processes: int, bandwidth: float, latency: float) -> float:
    """Of one all-reduce of `size` bytes."""
    return ring_bytes(size, processes) / bandwidth + 2 * (processes - 1) * latency


def session_of(recipe: str, size: int, batch: int = COUNTED) -> Session:
    """The recipe as it comes, with a batch of few images."""
    settings = [f"data.image_size={size}", f"training.batch_size={batch}", "training.precision=fp32"]
    config = compose(Request(recipe=recipe, preset=PRESETS[recipe], settings=settings), catalogue())
    config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
    return build_session(config, catalogue())


def cost(recipe: str, size: int) -> Cost:
    """Counted while steps run; each set of terms that is due together once."""
    session = session_of(recipe, size)
    terms = session.step.balance.terms
    due: dict[tuple[str, ...], list[int]] = {}
    for step in range(math.lcm(*(term.every for term in terms)) if terms else 1):
        due.setdefault(tuple(term.name for term in terms if step % term.every == 0), []).append(step)
    counts: Counter[int] = Counter()
    for steps in due.values():
        with Operations() as counted:
            session.step(Moment(steps[0], 0, COUNTED, session.images))
        counts[counted.total] += len(steps)
    players = (session.step.generator, session.step.discriminator)
    parameters = sum(parameters_of(player.network) for player in players)
    return Cost(recipe, size, parameters, sum(f * n for f, n in counts.items()) / counts.total() / COUNTED)


class Operations(TorchDispatchMode):
    """Counts as torch's own counter does, whose hooks do not stand a gradient inside a forward."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # torch's
        out = func(*args, **(kwargs or {}))
        if (formula := flop_registry.get(func._overloadpacket)) is not None:
            self.total += formula(*args, **(kwargs or {}), out_val=out)
        return out


def row(found: Cost) -> str:
    """A line of the table: shares of the time by link and number of GPUs."""
    images = IMAGES_EACH[found.size]
    arithmetic = images * found.flops / (TERAFLOPS * 1e12)
    cells = [
        found.recipe,
        f"{found.size}",
        f"{found.parameters / 1e6:.1f}",
        f"{found.bytes / 1e6:.1f}",
        " / ".join(f"{ring_bytes(found.bytes, gpus) / 1e6:.1f}" for gpus in GPUS),
        f"{found.flops / 1e9:.1f}",
        f"{images}",
        f"{arithmetic * 1000:.1f}",
    ]
    for bandwidth in LINKS.values():
        for gpus in GPUS:
            # Two reductions, D's and G's: their bytes add up, and so do their messages.
            reducing = ring_seconds(found.bytes, gpus, bandwidth, 2 * LATENCY_S)
            cells.append(f"{reducing / (reducing + arithmetic):.0%}")
    return f"| {' | '.join(cells)} |\n"


def print_tables() -> None:
    """Markdown."""
    write = sys.stdout.write
    links = [f"{link}, {gpus}" for link in LINKS for gpus in GPUS]
    moved = f"MB moved a GPU and step, {' / '.join(map(str, GPUS))}"
    heads = ["recipe", "px", "M parameters", "MB of gradients", moved, "GFLOP an image", "images a GPU"]
    heads += ["ms of arithmetic", *links]
    write(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n")
    for size in IMAGES_EACH:
        for recipe in PRESETS:
            write(row(cost(recipe, size)))
            sys.stdout.flush()


# The model against two processes here


def timed(ranks: Ranks, size: int, times: int) -> float:
    """Median seconds of the mean of `size` bytes over the processes."""
    tensor, found = torch.ones(size // 4), []
    for _ in range(times + 2):
        ranks.largest([0])  # together
        started = time.perf_counter()
        ranks.mean([tensor])
        found.append(time.perf_counter() - started)
    return statistics.median(found[2:])


def measured(rank: int, folder: str, times: int) -> None:
    """One of the two; the first prints."""
    torch.set_num_threads(1)
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", **{MEETING: str(Path(folder) / "meeting")})
    networks = {recipe: session_of(recipe, 64).step for recipe in PRESETS}
    with joined() as ranks:
        small, large = (timed(ranks, size, times) for size in (4096, 2**26))
        # P = 2: seconds = n / bandwidth + 2 latency, from the two ends.
        bandwidth = (2**26 - 4096) / (large - small)
        latency = (small - 4096 / bandwidth) / 2
        lines = [
            f"two processes here: {bandwidth / 1e9:.2f} GB/s, {latency * 1e6:.0f} us a message, from 4 KB and 67 MB\n"
        ]
        for recipe, step in networks.items():
            for player in (step.generator, step.discriminator):
                size = 4 * parameters_of(player.network)
                told, took = ring_seconds(size, 2, bandwidth, latency), timed(ranks, size, times)
                lines.append(
                    f"{recipe:10} {player.role:14} {size / 1e6:7.2f} MB  model {told * 1000:8.2f} ms  "
                    f"measured {took * 1000:8.2f} ms  {took / told - 1:+.0%}\n"
                )
        if ranks.leads:
            sys.stdout.write("".join(lines))
            sys.stdout.flush()


def main() -> None:
    """The tables, or the check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--measure", action="store_true", help="the model against two processes here")
    parser.add_argument("--times", type=int, default=15, help="that each reduction is measured")
    arguments = parser.parse_args()
    if not arguments.measure:
        print_tables()
        return
    with tempfile.TemporaryDirectory() as folder:
        processes = [
            get_context("spawn").Process(target=measured, args=(rank, folder, arguments.times)) for rank in range(2)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()


if __name__ == "__main__":
    main()
