"""What share of the time a run spends writing checkpoints, at the default `checkpoints.every_kimg`.

    python tests/benchmarks/saving.py

For dcgan of width 32 and 64 at 64 px: the time of a step and of a save are measured, one after the other and several
times, and the share is one save to as many steps as lie between two saves. Prints one row a width. Measures, decides
nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ganzoo.config.compose import Request, compose
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import create_run
from ganzoo.runs.journal import Journal
from ganzoo.training.loop import Training
from ganzoo.training.session import build_session


def seconds(call: Callable[[], object]) -> float:
    """Of one call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def measure(width: int, steps: int, saves: int, folder: Path) -> str:
    """A row: width, seconds a step, seconds a save, megabytes, share."""
    settings = [f"generator.width={width}", f"discriminator.width={width}", "data.image_size=64"]
    config = compose(Request(recipe="dcgan", settings=settings), catalogue())
    session = build_session(config, catalogue())
    run = create_run(folder / f"width-{width}", "run")
    training = Training(session, run, Journal(run, []))
    for _ in range(3):  # the first steps allocate
        session.step(training.moment)
    stepping: list[float] = []
    saving: list[float] = []
    for _ in range(saves):
        stepping += [seconds(lambda: session.step(training.moment)) for _ in range(steps)]
        saving.append(seconds(training.save))
    last = run.checkpoints / (run.checkpoints / "latest").read_text()
    megabytes = sum(path.stat().st_size for path in last.iterdir()) / 1e6
    step, save = statistics.median(stepping), statistics.median(saving)
    between = config.checkpoints.every_kimg * 1000 / config.training.batch_size
    return (
        f"{width:5}  {step:10.3f}  {save:10.3f}  {max(saving):10.3f}  {megabytes:6.1f}  "
        f"{save / (save + between * step):8.2%}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--widths", type=int, nargs="+", default=[32, 64])
    parser.add_argument("--steps", type=int, default=5, help="before each save")
    parser.add_argument("--saves", type=int, default=7)
    arguments = parser.parse_args()
    sys.stdout.write("width  s per step  s per save     longest      MB  of time\n")
    with tempfile.TemporaryDirectory(prefix="saving-") as folder:
        for width in arguments.widths:
            sys.stdout.write(measure(width, arguments.steps, arguments.saves, Path(folder)) + "\n")


if __name__ == "__main__":
    main()
